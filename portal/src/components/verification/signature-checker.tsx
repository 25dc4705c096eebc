import { useState } from 'preact/hooks';
import { verify } from '../../i18n/en/verify.ts';
import { useI18n } from '../../i18n/i18n.tsx';
import type { I18n, Key } from '../../i18n/i18n.tsx';
import { checkSignature } from '../../lib/signature/check-signature.ts';
import type { Pasted, Reference, SignatureReport } from '../../lib/signature/check-signature.ts';
import type { Part } from '../../lib/signature/variations.ts';
import { useUnsaved } from '../../session/unsaved.ts';
import { Button } from '../button.tsx';
import { TextArea, TextField } from '../field.tsx';
import { Banner } from '../states.tsx';

const PARTS: Readonly<Record<Part, Key>> = {
  id: 'verify.part.id',
  timestamp: 'verify.part.timestamp',
  body: 'verify.part.body',
  secret: 'verify.part.secret',
  signature: 'verify.part.signature',
};

interface Said {
  readonly tone: 'success' | 'warning' | 'danger';
  readonly title: string;
  readonly lines: readonly string[];
}

const validText = ({ t, duration }: I18n, report: Extract<SignatureReport, { kind: 'valid' }>): Said => {
  const time = duration(Math.abs(report.ageSeconds) * 1000);
  switch (report.timestamp) {
    case 'fresh':
      return { tone: 'success', title: t('verify.valid'), lines: [t('verify.valid.text')] };
    case 'too_old':
      return { tone: 'warning', title: t('verify.tooOld', { time }), lines: [t('verify.tooOld.text')] };
    case 'too_new':
      return { tone: 'warning', title: t('verify.tooNew', { time }), lines: [t('verify.tooNew.text')] };
  }
};

type Fault = Extract<SignatureReport, { kind: 'faults' }>['faults'][number];

const isKey = (key: string): key is keyof typeof verify => Object.hasOwn(verify, key);

const faultText = ({ t }: I18n, { part, code }: Fault): string => {
  const key = `verify.fault.${part}.${code}`;
  return t(isKey(key) ? key : PARTS[part]);
};

/** What the checker found, for a person. */
export const reportText = (i18n: I18n, report: SignatureReport): Said => {
  const { t } = i18n;
  const named = (parts: readonly Part[]) => [...new Set(parts)].map((part) => t(PARTS[part])).join(', ');
  switch (report.kind) {
    case 'valid':
      return validText(i18n, report);
    case 'faults':
      return {
        tone: 'danger',
        title: t('verify.wrong', { part: named(report.faults.map(({ part }) => part)) }),
        lines: report.faults.map((fault) => faultText(i18n, fault)),
      };
    case 'missing_headers':
      return {
        tone: 'danger',
        title: t('verify.missing', { names: report.names.join(', ') }),
        lines: [t('verify.missing.text')],
      };
    case 'unreadable':
      return { tone: 'danger', title: t(`verify.unreadable.${report.part}`), lines: [] };
    case 'wrong_kind':
      return { tone: 'danger', title: t(`verify.kind.${report.secret}`), lines: [] };
    case 'no_match':
      return {
        tone: 'danger',
        title: t('verify.noMatch'),
        lines: [t('verify.noMatch.text', { parts: named(report.suspects) })],
      };
    case 'unsupported':
      return { tone: 'warning', title: t('verify.unsupported'), lines: [t('verify.unsupported.text')] };
  }
};

interface SignatureCheckerProps {
  /** What the page knows about the message and the endpoint. */
  readonly reference?: Reference;
}

const NOTHING: Pasted = { headers: '', body: '', secret: '' };

/** Says why a receiver refuses a request. Everything happens in the page. */
export const SignatureChecker = ({ reference }: SignatureCheckerProps) => {
  const i18n = useI18n();
  const { t } = i18n;
  const [pasted, setPasted] = useState(NOTHING);
  useUnsaved(Object.values(pasted).some((text) => text !== ''));
  const [said, setSaid] = useState<Said | null>(null);
  const [isBusy, setBusy] = useState(false);
  const change = (changes: Partial<Pasted>) => {
    setPasted({ ...pasted, ...changes });
    setSaid(null);
  };
  const check = async () => {
    setBusy(true);
    setSaid(reportText(i18n, await checkSignature(pasted, Date.now(), reference)));
    setBusy(false);
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <p class="muted">{t('verify.text')}</p>
      <TextArea
        label={t('verify.headers')}
        hint={t('verify.headers.hint')}
        rows={4}
        mono
        value={pasted.headers}
        onChange={(headers) => change({ headers })}
      />
      <TextArea
        label={t('verify.body')}
        hint={t('verify.body.hint')}
        rows={6}
        mono
        value={pasted.body}
        onChange={(body) => change({ body })}
      />
      <TextField
        label={t('verify.secret')}
        hint={t('verify.secret.hint')}
        value={pasted.secret}
        onChange={(secret) => change({ secret })}
      />
      <div class="actions">
        <Button type="submit" variant="primary" busy={isBusy}>
          {t('verify.check')}
        </Button>
      </div>
      <div role="status">
        {said === null ? null : (
          <Banner tone={said.tone} title={said.title}>
            {said.lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </Banner>
        )}
      </div>
    </form>
  );
};
