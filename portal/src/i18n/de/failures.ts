import type { failures as english } from '../en/failures.ts';
import type { Catalogue } from '../translate.ts';

export const failures: Catalogue<keyof typeof english> = {
  'failures.title': 'Fehler',
  'failures.subtitle': 'Was schiefging, nach Ursache.',
  'failures.none': 'In dieser Zeit ist nichts gescheitert',
  'failures.none.text': 'Jeder Versuch, der unternommen wurde, war erfolgreich.',
  'failures.failed': 'Gescheiterte Versuche',
  'failures.canceled': 'Abgebrochene Zustellungen',
  'failures.cause': 'Ursache',
  'failures.count': 'Versuche',
  'failures.share': 'Anteil',
  'failures.causes': 'Nach Ursache',
  'failures.endpoints': 'Nach Endpunkt',
  'failures.hours': 'Nach Stunde',
  'failures.hours.chart': 'Gescheiterte Versuche nach Stunde',
  'failures.hours.most': 'Meiste in einer Stunde: {count}',
  'failures.endpoint': 'Endpunkt',
  'failures.incomplete': 'Die Zählung hat ihre Grenze erreicht: Es gibt weitere Fehler.',
  'failures.replay': 'Erneut senden…',
  'failures.replay.of': 'Gescheitertes erneut senden: {cause}',
  'failures.choose': 'Wählen Sie einen Endpunkt, um seine gescheiterten Nachrichten erneut zu senden.',
  'failures.show': 'Versuche anzeigen',
};
