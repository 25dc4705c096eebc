import type { verify as english } from '../en/verify.ts';
import type { Catalogue } from '../translate.ts';

export const verify: Catalogue<keyof typeof english> = {
  'verify.title': 'Signatur prüfen',
  'verify.text':
    'Fügen Sie eine Anfrage ein, die Ihr Code ablehnt. Sie wird in dieser Seite geprüft; weder die Anfrage noch das Geheimnis wird irgendwohin gesendet.',
  'verify.headers': 'Header',
  'verify.headers.hint': 'So, wie Ihr Server sie empfangen hat: die Zeilen mit ID, Zeitstempel und Signatur.',
  'verify.body': 'Inhalt',
  'verify.body.hint': 'Der rohe Inhalt, unverändert.',
  'verify.secret': 'Signaturgeheimnis',
  'verify.secret.hint': 'Das, welches Ihr Code verwendet (whsec_…).',
  'verify.check': 'Prüfen',
  'verify.checking': 'Wird geprüft…',
  'verify.valid': 'Die Signatur stimmt',
  'verify.valid.text':
    'ID, Zeitstempel, Inhalt und Geheimnis gehören zusammen. Lehnt Ihr Code diese Anfrage ab, prüft er etwas anderes, als Sie eingefügt haben.',
  'verify.tooOld': 'Die Signatur stimmt, aber die Anfrage ist {time} alt',
  'verify.tooOld.text':
    'Prüfbibliotheken lehnen Anfragen ab, die älter als 5 Minuten sind. Wurde diese bei ihrer Ankunft abgelehnt, prüfen Sie die Uhr Ihres Servers.',
  'verify.tooNew': 'Die Signatur stimmt, aber der Zeitstempel liegt {time} in der Zukunft',
  'verify.tooNew.text':
    'Prüfbibliotheken lehnen das ab. Prüfen Sie die Uhr dieses Geräts und die Ihres Servers.',
  'verify.wrong': 'Falsch: {part}',
  'verify.part.id': 'die ID',
  'verify.part.timestamp': 'der Zeitstempel',
  'verify.part.body': 'der Inhalt',
  'verify.part.secret': 'das Geheimnis',
  'verify.part.signature': 'die Signatur',
  'verify.missing': 'Es fehlen Header: {names}',
  'verify.missing.text':
    'Fügen Sie alle drei ein. Ein Proxy oder ein Framework kann sie entfernt oder umbenannt haben.',
  'verify.unreadable.id': 'Die ID ist nicht lesbar',
  'verify.unreadable.timestamp': 'Der Zeitstempel ist keine Anzahl von Sekunden',
  'verify.unreadable.body': 'Der Inhalt ist nicht lesbar',
  'verify.unreadable.secret': 'Das Geheimnis ist nicht lesbar: Nach seinem Präfix folgt kein Base64',
  'verify.unreadable.signature': 'Die Signatur ist nicht lesbar: Erwartet wird v1, gefolgt von Base64',
  'verify.kind.hmac':
    'Die Signatur ist eine ed25519-Signatur (v1a), das Geheimnis aber symmetrisch (whsec_…)',
  'verify.kind.ed25519': 'Die Signatur ist symmetrisch (v1), der Schlüssel aber ein ed25519-Schlüssel',
  'verify.noMatch': 'Die Signatur stimmt in keiner Form',
  'verify.noMatch.text':
    'Typische Fehler wurden nacheinander ohne Erfolg rückgängig gemacht. Prüfen Sie in dieser Reihenfolge: {parts}.',
  'verify.unsupported': 'Dieser Browser kann hier keine Signaturen prüfen',
  'verify.unsupported.text': 'Öffnen Sie die Seite über HTTPS in einem aktuellen Browser.',
  'verify.fault.id.whitespace': 'Um die ID stehen Leerzeichen.',
  'verify.fault.id.other_id':
    'Signiert wurde mit einer anderen ID, die im Eingefügten vorkommt. Verwenden Sie den Wert des ID-Headers.',
  'verify.fault.id.id_of_reference': 'Die ID ist nicht die der gesendeten Nachricht.',
  'verify.fault.timestamp.whitespace': 'Um den Zeitstempel stehen Leerzeichen.',
  'verify.fault.timestamp.milliseconds':
    'Der Zeitstempel ist in Millisekunden. Signiert wurde er in Sekunden: Verwenden Sie den Text des Headers unverändert.',
  'verify.fault.timestamp.not_seconds':
    'Der Zeitstempel wurde umgewandelt. Verwenden Sie den Text des Headers unverändert.',
  'verify.fault.timestamp.other_time':
    'Die Anfrage wurde zu einer anderen Zeit signiert. Der Zeitstempel wurde geändert oder in einer anderen Zeitzone gelesen.',
  'verify.fault.timestamp.time_of_reference': 'Der Zeitstempel ist der eines anderen Versuchs.',
  'verify.fault.body.reserialized':
    'Der Inhalt wurde geparst und neu ausgegeben; dabei änderten sich Leerzeichen oder die Reihenfolge der Schlüssel. Prüfen Sie den rohen Inhalt, bevor Sie ihn parsen.',
  'verify.fault.body.trailing_newline': 'Am Ende des Inhalts wurde ein Zeilenumbruch ergänzt oder entfernt.',
  'verify.fault.body.whitespace': 'Um den Inhalt stehen Leerzeichen, die nicht gesendet wurden.',
  'verify.fault.body.line_endings': 'Die Zeilenumbrüche des Inhalts wurden umgewandelt.',
  'verify.fault.body.byte_order_mark': 'Dem Inhalt wurde ein Byte Order Mark hinzugefügt oder genommen.',
  'verify.fault.body.base64':
    'Der Inhalt ist in Base64, wie ihn API Gateway weitergibt. Dekodieren Sie ihn zuerst.',
  'verify.fault.body.quoted':
    'Der Inhalt wurde als JSON-Zeichenkette ausgegeben. Prüfen Sie seinen Text ohne Anführungszeichen und Escapes.',
  'verify.fault.body.escaped_unicode':
    'Zeichen außerhalb von ASCII wurden maskiert oder demaskiert (\\u00e9 statt é). Prüfen Sie den rohen Inhalt.',
  'verify.fault.body.escaped_slashes':
    'Schrägstriche wurden maskiert oder demaskiert (\\/ statt /), wie PHP es tut. Prüfen Sie den rohen Inhalt.',
  'verify.fault.body.percent_encoded': 'Der Inhalt ist prozentkodiert.',
  'verify.fault.body.html_entities': 'Der Inhalt enthält HTML-Entitäten anstelle von Zeichen.',
  'verify.fault.body.body_of_reference': 'Der Inhalt ist nicht der gesendete: Er wurde geändert.',
  'verify.fault.secret.whitespace': 'Das Geheimnis enthält Leerzeichen oder einen Zeilenumbruch.',
  'verify.fault.secret.quotes': 'Das Geheimnis steht in Anführungszeichen. Entfernen Sie diese.',
  'verify.fault.secret.without_decoding':
    'Der Text des Geheimnisses wurde als Schlüssel verwendet. Dekodieren Sie zuerst das Base64 nach whsec_.',
  'verify.fault.secret.prefix_twice': 'Das Präfix whsec_ steht zweimal da.',
  'verify.fault.secret.url_alphabet':
    'Das Geheimnis steht im URL-Alphabet von Base64 (- und _ statt + und /).',
  'verify.fault.secret.other_secret': 'Das Geheimnis ist nicht das dieses Endpunkts.',
  'verify.fault.signature.whitespace': 'Die Signatur enthält Leerzeichen, oder ihre Auffüllung (=) fehlt.',
  'verify.fault.signature.plus_became_space':
    'Pluszeichen der Signatur wurden zu Leerzeichen, als käme sie aus einem Formular.',
  'verify.fault.signature.percent_encoded': 'Die Signatur ist prozentkodiert.',
  'verify.fault.signature.hex': 'Die Signatur ist hexadezimal. Erwartet wird Base64.',
  'verify.fault.signature.no_version': 'Vor der Signatur fehlt die Version (v1,).',
  'verify.fault.signature.url_alphabet': 'Die Signatur steht im URL-Alphabet von Base64.',
  'snippets.title': 'In Ihrer Sprache prüfen',
  'snippets.language': 'Sprache',
  'snippets.install': 'Installieren',
  'snippets.code': 'Code',
};
