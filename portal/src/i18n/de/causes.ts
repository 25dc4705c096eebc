import type { Catalogue } from '../translate.ts';
import type { causes as english } from '../en/causes.ts';

export const causes: Catalogue<keyof typeof english> = {
  'cause.dns_not_found.title': 'Hostname existiert nicht',
  'cause.dns_not_found.what': 'Der Hostname {host} existiert nicht.',
  'cause.dns_not_found.advice': 'Prüfen Sie die URL des Endpunkts und die DNS-Einträge seiner Domain.',
  'cause.dns_failed.title': 'Nameserver gestört',
  'cause.dns_failed.what': 'Die Nameserver von {host} haben seine Adresse nicht genannt.',
  'cause.dns_failed.advice': 'Prüfen Sie, ob sie Anfragen aus dem Internet beantworten.',
  'cause.address_blocked.title': 'Adresse nicht erlaubt',
  'cause.address_blocked.what':
    '{host} führt zu einer Adresse, an die keine Webhooks gesendet werden, zum Beispiel zu einer privaten.',
  'cause.address_blocked.advice': 'Geben Sie dem Endpunkt eine URL, die aus dem Internet erreichbar ist.',
  'cause.connection_refused.title': 'Verbindung abgelehnt',
  'cause.connection_refused.what': '{host} hat die Verbindung zu Port {port} abgelehnt.',
  'cause.connection_refused.advice':
    'Prüfen Sie, ob der Server läuft und auf diesem Port Verbindungen annimmt.',
  'cause.connection_unreachable.title': 'Server nicht erreichbar',
  'cause.connection_unreachable.what':
    'Es konnte keine Verbindung zu {host}, Port {port}, hergestellt werden.',
  'cause.connection_unreachable.advice':
    'Prüfen Sie die URL des Endpunkts und ob Netzwerk und Firewall Anfragen durchlassen.',
  'cause.timeout_dns.title': 'Zeitüberschreitung der Nameserver',
  'cause.timeout_dns.what': 'Die Nameserver von {host} haben nicht rechtzeitig geantwortet.',
  'cause.timeout_dns.advice': 'Prüfen Sie, ob sie Anfragen aus dem Internet beantworten.',
  'cause.timeout_connect.title': 'Zeitüberschreitung beim Verbinden',
  'cause.timeout_connect.what': '{host} hat eine Verbindung zu Port {port} nicht rechtzeitig angenommen.',
  'cause.timeout_connect.advice': 'Prüfen Sie, ob eine Firewall Anfragen aus dem Internet verwirft.',
  'cause.timeout_tls.title': 'Zeitüberschreitung beim TLS-Handshake',
  'cause.timeout_tls.what': '{host} hat den TLS-Handshake nicht rechtzeitig abgeschlossen.',
  'cause.timeout_tls.advice':
    'Prüfen Sie, ob der Port der URL HTTPS anbietet und der Server nicht überlastet ist.',
  'cause.timeout_response.title': 'Zeitüberschreitung beim Warten auf die Antwort',
  'cause.timeout_response.what': 'Der Endpunkt hat nicht innerhalb von {time} geantwortet.',
  'cause.timeout_response.advice':
    'Antworten Sie zuerst mit einem 2xx-Status und erledigen Sie die Arbeit danach.',
  'cause.tls_expired.title': 'TLS-Zertifikat abgelaufen',
  'cause.tls_expired.what': 'Das TLS-Zertifikat von {host} ist abgelaufen.',
  'cause.tls_expired.advice': 'Erneuern Sie das Zertifikat.',
  'cause.tls_not_yet_valid.title': 'TLS-Zertifikat noch nicht gültig',
  'cause.tls_not_yet_valid.what': 'Das TLS-Zertifikat von {host} ist noch nicht gültig.',
  'cause.tls_not_yet_valid.advice':
    'Prüfen Sie den Gültigkeitszeitraum oder installieren Sie ein gültiges Zertifikat.',
  'cause.tls_self_signed.title': 'Selbst signiertes TLS-Zertifikat',
  'cause.tls_self_signed.what': 'Das TLS-Zertifikat von {host} ist selbst signiert.',
  'cause.tls_self_signed.advice': 'Installieren Sie ein Zertifikat einer öffentlichen Zertifizierungsstelle.',
  'cause.tls_hostname_mismatch.title': 'TLS-Zertifikat für einen anderen Host',
  'cause.tls_hostname_mismatch.what': 'Das vorgelegte TLS-Zertifikat gilt nicht für {host}.',
  'cause.tls_hostname_mismatch.advice':
    'Installieren Sie eines, das diesen Host nennt, oder berichtigen Sie die URL des Endpunkts.',
  'cause.tls_unknown_authority.title': 'Unbekannte Zertifizierungsstelle',
  'cause.tls_unknown_authority.what':
    'Das TLS-Zertifikat von {host} lässt sich auf keine öffentliche Zertifizierungsstelle zurückführen.',
  'cause.tls_unknown_authority.advice':
    'Installieren Sie die vollständige Kette mit allen Zwischenzertifikaten.',
  'cause.tls_certificate_invalid.title': 'TLS-Zertifikat ungültig',
  'cause.tls_certificate_invalid.what': 'Das TLS-Zertifikat von {host} ist ungültig.',
  'cause.tls_certificate_invalid.advice':
    'Installieren Sie ein gültiges Zertifikat einer öffentlichen Zertifizierungsstelle.',
  'cause.tls_handshake_failed.title': 'TLS-Handshake gescheitert',
  'cause.tls_handshake_failed.what': 'Mit {host} kam keine TLS-Verbindung zustande.',
  'cause.tls_handshake_failed.advice':
    'Prüfen Sie, ob der Port der URL HTTPS mit TLS 1.2 oder neuer und ohne Client-Zertifikate anbietet.',
  'cause.connection_reset.title': 'Verbindung zurückgesetzt',
  'cause.connection_reset.what': 'Die Verbindung wurde zurückgesetzt, bevor der Endpunkt geantwortet hat.',
  'cause.connection_reset.advice': 'Prüfen Sie die Logs des Servers und eines Proxys davor.',
  'cause.connection_closed.title': 'Verbindung geschlossen',
  'cause.connection_closed.what': 'Die Verbindung wurde geschlossen, bevor der Endpunkt geantwortet hat.',
  'cause.connection_closed.advice': 'Prüfen Sie die Logs des Servers und eines Proxys davor.',
  'cause.protocol_error.title': 'Antwort ist kein HTTP',
  'cause.protocol_error.what': 'Die Antwort des Endpunkts ist kein gültiges HTTP.',
  'cause.protocol_error.advice': 'Prüfen Sie den Server oder den Proxy davor.',
  'cause.header_too_large.title': 'Antwort-Header zu groß',
  'cause.header_too_large.what': 'Die Header der Antwort des Endpunkts sind größer als 64 KB.',
  'cause.header_too_large.advice': 'Lassen Sie den Server weniger oder kürzere Header senden.',
  'cause.request_unsendable.title': 'Anfrage nicht sendbar',
  'cause.request_unsendable.what':
    'So wie der Endpunkt eingerichtet ist, lässt sich die Anfrage nicht senden.',
  'cause.request_unsendable.advice': 'Berichtigen Sie URL und Header des Endpunkts.',
  'cause.redirect.title': 'Weiterleitung',
  'cause.redirect.what':
    'Der Endpunkt hat mit einer Weiterleitung ({status}) geantwortet, der nicht gefolgt wird.',
  'cause.redirect.advice': 'Setzen Sie die URL des Endpunkts auf das Ziel der Weiterleitung.',
  'cause.gone.title': 'Nicht mehr vorhanden (410)',
  'cause.gone.what': 'Der Endpunkt hat mit 410 Gone geantwortet und wurde deshalb deaktiviert.',
  'cause.gone.advice': 'Aktivieren Sie ihn, sobald er wieder Webhooks annimmt.',
  'cause.status_4xx.title': 'Mit 4xx-Status abgelehnt',
  'cause.status_4xx.what': 'Der Endpunkt hat die Anfrage mit Status {status} abgelehnt.',
  'cause.status_4xx.advice': 'Prüfen Sie die URL, die Authentifizierung und die Prüfung der Signatur.',
  'cause.status_5xx.title': 'Mit 5xx-Status gescheitert',
  'cause.status_5xx.what': 'Der Endpunkt ist mit Status {status} gescheitert.',
  'cause.status_5xx.advice': 'Prüfen Sie die Logs des Servers.',
  'cause.status_unexpected.title': 'Unerwarteter Status',
  'cause.status_unexpected.what':
    'Der Endpunkt hat mit Status {status} geantwortet, der hier keine Bedeutung hat.',
  'cause.status_unexpected.advice': 'Antworten Sie mit einem 2xx-Status.',
  'cause.canceled:payload_expired.title': 'Abgebrochen: Inhalt abgelaufen',
  'cause.canceled:payload_expired.what':
    'Es wurde nichts gesendet: Der Inhalt ist abgelaufen, bevor die Nachricht zugestellt war.',
  'cause.canceled:payload_expired.advice':
    'Senden Sie das Ereignis erneut von seiner Quelle, falls der Endpunkt es noch braucht.',
  'cause.canceled:payload_expunged.title': 'Abgebrochen: Inhalt gelöscht',
  'cause.canceled:payload_expunged.what':
    'Es wurde nichts gesendet: Der Inhalt wurde gelöscht, bevor die Nachricht zugestellt war.',
  'cause.canceled:payload_expunged.advice':
    'Senden Sie das Ereignis erneut von seiner Quelle, falls der Endpunkt es noch braucht.',
  'cause.canceled:endpoint_disabled.title': 'Abgebrochen: Endpunkt deaktiviert',
  'cause.canceled:endpoint_disabled.what': 'Es wurde nichts gesendet: Der Endpunkt ist deaktiviert.',
  'cause.canceled:endpoint_disabled.advice':
    'Aktivieren Sie den Endpunkt und senden Sie dann, was er verpasst hat.',
  'cause.canceled:endpoint_deleted.title': 'Abgebrochen: Endpunkt gelöscht',
  'cause.canceled:endpoint_deleted.what': 'Es wurde nichts gesendet: Der Endpunkt wurde gelöscht.',
  'cause.canceled:endpoint_deleted.advice':
    'Legen Sie den Endpunkt neu an, falls er diese Nachrichten noch braucht.',
  'cause.canceled:filters_changed.title': 'Abgebrochen: Filter geändert',
  'cause.canceled:filters_changed.what':
    'Es wurde nichts gesendet: Die Filter des Endpunkts lassen die Nachricht nicht mehr durch.',
  'cause.canceled:filters_changed.advice':
    'Fügen Sie dem Endpunkt den Ereignistyp oder den Kanal hinzu, falls er solche Nachrichten erhalten soll.',
  'cause.canceled:message_canceled.title': 'Abgebrochen: vom Absender',
  'cause.canceled:message_canceled.what':
    'Es wurde nichts gesendet: Der Absender hat die Nachricht vor ihrem Zeitpunkt abgebrochen.',
  'cause.canceled:message_canceled.advice': 'An diesem Endpunkt ist nichts zu tun.',
  'cause.canceled:message_deleted.title': 'Abgebrochen: Nachricht gelöscht',
  'cause.canceled:message_deleted.what': 'Es wurde nichts gesendet: Die Nachricht wurde gelöscht.',
  'cause.canceled:message_deleted.advice':
    'Senden Sie das Ereignis erneut von seiner Quelle, falls der Endpunkt es noch braucht.',
  'cause.canceled:application_deleted.title': 'Abgebrochen: Anwendung gelöscht',
  'cause.canceled:application_deleted.what': 'Es wurde nichts gesendet: Die Anwendung wurde gelöscht.',
  'cause.canceled:application_deleted.advice': 'Für sie werden keine weiteren Nachrichten gesendet.',
};
