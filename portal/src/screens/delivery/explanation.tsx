import { Link } from 'wouter-preact';
import type { Attempt } from '../../api/types.ts';
import { Facts } from '../../components/page.tsx';
import { LoadedLine } from '../../components/states.tsx';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import type { I18n } from '../../i18n/i18n.tsx';
import { causeAdvice, causeSentence, causeTitle } from '../../lib/causes.ts';
import { useEndpointOf, useSameCause } from './use-delivery.ts';
import { NextAttempt } from './next-attempt.tsx';

const SUCCESS = 0;
const CANCELED = 4;

const triggerText = ({ details }: Attempt, { t }: I18n): string => {
  if (details === undefined || details.trigger.kind === 'manual') return t('delivery.attempt.manual');
  const number = details.trigger.number ?? 1;
  return t(details.trigger.replayed ? 'delivery.attempt.replayed' : 'delivery.attempt.number', { number });
};

const Numbers = ({ attempt }: { attempt: Attempt }) => {
  const i18n = useI18n();
  const { t } = i18n;
  const none = attempt.responseStatusCode === 0;
  return (
    <Facts
      items={[
        [t('delivery.status'), none ? t('delivery.status.none') : String(attempt.responseStatusCode)],
        [t('delivery.duration'), i18n.duration(attempt.responseDurationMs)],
        [t('delivery.attempt'), triggerText(attempt, i18n)],
        [t('delivery.time'), <Time at={attempt.timestamp} form="exact" key="at" />],
      ]}
    />
  );
};

const SameCause = ({ attempt, code }: { attempt: Attempt; code: string }) => {
  const { t } = useI18n();
  const endpoint = useEndpointOf(attempt.endpointId);
  const same = useSameCause(attempt.endpointId, code);
  const href = `/endpoints/${attempt.endpointId}/deliveries?cause=${encodeURIComponent(code)}&range=24h`;
  // That it was deleted is said by a note of its own.
  if (endpoint.data === null) return null;
  return (
    <LoadedLine query={same} what={t('delivery.same.title')}>
      {(count) =>
        count === 0 ? null : (
          <p class="explanation-note">
            <Icon name="list" />
            <span>
              {t('delivery.same', { count })} · <Link href={href}>{t('delivery.same.show')}</Link>
            </span>
          </p>
        )
      }
    </LoadedLine>
  );
};

const ReceiverRequests = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const asked = attempt.details?.receiverRequests ?? [];
  return (
    <>
      {asked.includes('disable') ? <p class="explanation-note">{t('delivery.receiver.disable')}</p> : null}
      {asked.includes('abort-message') ? (
        <p class="explanation-note">{t('delivery.receiver.abort')}</p>
      ) : null}
    </>
  );
};

const DeletedNote = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  const endpoint = useEndpointOf(attempt.endpointId);
  return endpoint.data === null ? <p class="explanation-note">{t('delivery.endpoint.deleted')}</p> : null;
};

const Failed = ({ attempt }: { attempt: Attempt }) => {
  const i18n = useI18n();
  const { t } = i18n;
  const cause = attempt.details?.cause;
  if (cause === null || cause === undefined) return <h2 class="explanation-title">{t('status.failed')}</h2>;
  const advice = causeAdvice(t, cause);
  const facts = {
    url: attempt.url,
    status: attempt.responseStatusCode,
    time: i18n.duration(attempt.responseDurationMs),
  };
  return (
    <>
      <p class="explanation-kicker">
        {t(attempt.status === CANCELED ? 'delivery.why.canceled' : 'delivery.why')}
      </p>
      <h2 class="explanation-title">{causeTitle(t, cause.code)}</h2>
      <p class="explanation-text">{causeSentence(t, cause, facts)}</p>
      {advice === '' ? null : (
        <p class="explanation-advice">
          <strong>{t('delivery.advice')}:</strong> {advice}
        </p>
      )}
      <SameCause attempt={attempt} code={cause.code} />
    </>
  );
};

const Succeeded = ({ attempt }: { attempt: Attempt }) => {
  const { t } = useI18n();
  return (
    <>
      <h2 class="explanation-title">{t('delivery.succeeded')}</h2>
      <p class="explanation-text">
        {t('delivery.succeeded.what', { status: String(attempt.responseStatusCode) })}
      </p>
    </>
  );
};

const TONES: Readonly<Record<number, string>> = { 0: 'success', 2: 'danger', 4: 'warning' };

/** What became of the attempt, why, and what happens next. */
export const Explanation = ({ attempt }: { attempt: Attempt }) => (
  <section class={`card explanation ${TONES[attempt.status] ?? 'danger'}`}>
    <div class="explanation-main">
      {attempt.status === SUCCESS ? <Succeeded attempt={attempt} /> : <Failed attempt={attempt} />}
      <NextAttempt attempt={attempt} />
      <ReceiverRequests attempt={attempt} />
      <DeletedNote attempt={attempt} />
    </div>
    <div class="explanation-numbers">
      <Numbers attempt={attempt} />
      <Phases attempt={attempt} />
    </div>
  </section>
);

const Phases = ({ attempt }: { attempt: Attempt }) => {
  const i18n = useI18n();
  const { t } = i18n;
  const phases = attempt.details?.phases;
  if (phases === null || phases === undefined) return null;
  const known = [
    ['delivery.phase.dns', phases.dnsMs],
    ['delivery.phase.connect', phases.connectMs],
    ['delivery.phase.tls', phases.tlsMs],
  ] as const;
  const spent = known.reduce((sum, [, ms = 0]) => sum + ms, 0);
  const rest = Math.max(0, attempt.responseDurationMs - spent);
  const all = [...known, ['delivery.phase.rest', rest] as const];
  const shown = all.filter(([, ms]) => ms !== undefined && ms > 0);
  return (
    <div class="phases">
      <p class="figure-label">{t('delivery.phases')}</p>
      <ul class="phase-list">
        {shown.map(([key, ms = 0]) => (
          <li key={key}>
            <span>{t(key)}</span>
            <span class="number">{i18n.duration(ms)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};
