import { endpointKey, useDayCounts, useEndpoint, useOffSpans } from '../../api/endpoints.ts';
import type { Endpoint } from '../../api/types.ts';
import { ButtonLink } from '../../components/button.tsx';
import { EventScope } from '../../components/event-types/event-scope.tsx';
import { HealthBadge } from '../../components/endpoint/health-badge.tsx';
import { Icon } from '../../components/icon.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { usePolling } from '../../polling/polling.tsx';
import { useCan, useSession } from '../../session/use-session.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { FailuresTab } from './failures-tab.tsx';
import { OffBanner } from './off-banner.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SecurityTab } from './security-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { TestingTab } from './testing-tab.tsx';

const TABS = {
  overview: OverviewTab,
  deliveries: DeliveriesTab,
  failures: FailuresTab,
  testing: TestingTab,
  security: SecurityTab,
  settings: SettingsTab,
} as const;

type TabName = keyof typeof TABS;

const NAMES: readonly TabName[] = ['overview', 'deliveries', 'failures', 'testing', 'security', 'settings'];

const hrefOf = (endpointId: string, tab: TabName) =>
  tab === 'overview' ? `/endpoints/${endpointId}` : `/endpoints/${endpointId}/${tab}`;

const Header = ({ endpoint, tab }: { endpoint: Endpoint; tab: TabName }) => {
  const { t } = useI18n();
  const canTest = useCan('CreateAttempts');
  const { id, url, description, eventTypes } = endpoint;
  return (
    <>
      <PageHeader
        back={{ href: '/endpoints', label: t('endpoint.back') }}
        title={url}
        subtitle={
          <>
            {description === '' ? null : <p class="break">{description}</p>}
            <span class="row header-badges">
              <HealthBadge endpoint={endpoint} />
              <EventScope eventTypes={eventTypes} most={3} />
            </span>
          </>
        }
        actions={
          canTest && tab !== 'testing' ? (
            <ButtonLink href={hrefOf(id, 'testing')}>
              <Icon name="bolt" /> {t('endpoint.test')}
            </ButtonLink>
          ) : undefined
        }
      />
      <Tabs
        label={t('endpoint.parts')}
        tabs={NAMES.map((name) => ({
          href: hrefOf(id, name),
          label: t(`endpoint.tab.${name}`),
          isCurrent: name === tab,
        }))}
      />
    </>
  );
};

interface EndpointScreenProps {
  readonly params: { readonly endpointId?: string | undefined; readonly tab?: string | undefined };
}

/** One endpoint: what it got, why it failed, and everything that can be set. */
export const EndpointScreen = ({ params: { endpointId = '', tab = 'overview' } }: EndpointScreenProps) => {
  const { t } = useI18n();
  const { appId } = useSession();
  const endpoint = useEndpoint(endpointId);
  // Asked for together with the endpoint, so that the banner and badge do not come after it.
  useOffSpans(endpointId, true);
  useDayCounts(endpointId);
  usePolling(endpointKey(appId, endpointId));
  const name = NAMES.find((each) => each === tab);
  if (name === undefined) {
    return (
      <Empty heading="h1" title={t('error.notFound.title')}>
        {t('error.notFound')}
      </Empty>
    );
  }
  const Tab = TABS[name];
  return (
    <Loaded
      query={endpoint}
      lines={6}
      isScreen
      subject={{
        title: t('missing.endpoint'),
        text: t('missing.endpoint.text'),
        back: { href: '/endpoints', label: t('endpoint.back') },
      }}
    >
      {(data) => (
        <>
          <Header endpoint={data} tab={name} />
          <OffBanner endpoint={data} showsMissed={name === 'overview' || name === 'deliveries'} />
          <Tab endpoint={data} />
        </>
      )}
    </Loaded>
  );
};
