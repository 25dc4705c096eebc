import type { catalog as english } from '../en/catalog.ts';
import type { Catalogue } from '../translate.ts';

export const catalog: Catalogue<keyof typeof english> = {
  'catalog.title': 'Ereigniskatalog',
  'catalog.subtitle': 'Die Ereignisse, die Sie erhalten können.',
  'catalog.search': 'Ereignistypen durchsuchen',
  'catalog.count': { one: '{count} Ereignistyp', other: '{count} Ereignistypen' },
  'catalog.cut': 'Nur die ersten {count} Ereignistypen sind aufgeführt.',
  'catalog.empty': 'Noch keine Ereignistypen',
  'catalog.empty.text':
    'Das Unternehmen, das Ihnen Webhooks sendet, hat seine Ereignisse noch nicht beschrieben.',
  'catalog.none': 'Kein Ereignistyp passt zu „{search}“',
  'catalog.choose': 'Wählen Sie einen Ereignistyp',
  'catalog.choose.text': 'Sein Schema und ein Beispiel erscheinen hier.',
  'catalog.other': 'Sonstige',
  'catalog.deprecated': 'Veraltet',
  'catalog.deprecated.text': 'Dieser Ereignistyp wird entfernt. Bauen Sie nicht darauf.',
  'catalog.archived': 'Archiviert',
  'catalog.flagged': 'Begrenzt',
  'catalog.flagged.text':
    'Nur einige Kunden sehen diesen Ereignistyp. Ein Endpunkt ohne Filter erhält ihn ebenfalls.',
  'catalog.version': 'Version',
  'catalog.schema': 'Schema',
  'catalog.schema.none': 'Dieser Ereignistyp hat kein Schema.',
  'catalog.schema.raw': 'JSON-Schema',
  'catalog.schema.fields': 'Felder',
  'catalog.field': 'Feld',
  'catalog.field.type': 'Typ',
  'catalog.field.description': 'Beschreibung',
  'catalog.field.required': 'erforderlich',
  'catalog.field.values': 'Eines von: {values}',
  'catalog.example': 'Beispiel',
  'catalog.example.made': 'Aus dem Schema erzeugt.',
  'catalog.fixture': 'Als Testdaten kopieren',
  'catalog.fixture.done': 'Beispiel kopiert.',
  'catalog.messages': 'Nachrichten dieses Typs',
  'catalog.back': 'Alle Ereignistypen',
};
