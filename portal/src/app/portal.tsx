import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Redirect, Route, Switch, useLocation } from 'wouter-preact';
import { Empty } from '../components/states.tsx';
import { useI18n } from '../i18n/i18n.tsx';
import { useRetries } from '../polling/polling.tsx';
import { safeNext } from '../routing/next.ts';
import { lazyScreen } from './lazy-screen.tsx';
import { Frame } from './frame.tsx';

const EndpointsScreen = lazyScreen(
  async () => (await import('../screens/endpoints/endpoints-screen.tsx')).EndpointsScreen,
);
const NewEndpointScreen = lazyScreen(
  async () => (await import('../screens/new-endpoint/new-endpoint-screen.tsx')).NewEndpointScreen,
);
const EndpointScreen = lazyScreen(
  async () => (await import('../screens/endpoint/endpoint-screen.tsx')).EndpointScreen,
);
const DeliveryScreen = lazyScreen(
  async () => (await import('../screens/delivery/delivery-screen.tsx')).DeliveryScreen,
);
const MessagesScreen = lazyScreen(
  async () => (await import('../screens/messages/messages-screen.tsx')).MessagesScreen,
);
const MessageScreen = lazyScreen(
  async () => (await import('../screens/messages/message-screen.tsx')).MessageScreen,
);
const EventTypesScreen = lazyScreen(
  async () => (await import('../screens/event-types/event-types-screen.tsx')).EventTypesScreen,
);
const FailuresScreen = lazyScreen(
  async () => (await import('../screens/failures/failures-screen.tsx')).FailuresScreen,
);
const ReplaysScreen = lazyScreen(
  async () => (await import('../screens/replays/replays-screen.tsx')).ReplaysScreen,
);

const NotFound = () => {
  const { t } = useI18n();
  return (
    <Empty heading="h1" title={t('error.notFound.title')}>
      {t('error.notFound')}
    </Empty>
  );
};

/** After another screen opened, reading starts at its top. */
const useFocusOnNavigation = (path: string) => {
  useEffect(() => {
    document.getElementById('content')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
};

const screenOf = (location: string): string => location.split('/').slice(0, 3).join('/');

interface PortalProps {
  readonly next: string | null;
  /** What is to be said above every screen. */
  readonly notice: ComponentChildren;
  readonly onLogOut: () => void;
}

/** Every screen of an open session. */
export const Portal = ({ next, notice, onLogOut }: PortalProps) => {
  const [location] = useLocation();
  useFocusOnNavigation(screenOf(location));
  useRetries();
  const start = safeNext(next) ?? '/endpoints';
  return (
    <Frame notice={notice} onLogOut={onLogOut}>
      <Switch>
        <Route path="/endpoints" component={EndpointsScreen} />
        <Route path="/endpoints/new" component={NewEndpointScreen} />
        <Route path="/endpoints/:endpointId/:tab?" component={EndpointScreen} />
        <Route path="/messages" component={MessagesScreen} />
        <Route path="/messages/:messageId" component={MessageScreen} />
        <Route path="/messages/:messageId/attempts/:attemptId" component={DeliveryScreen} />
        <Route path="/event-types/:name?" component={EventTypesScreen} />
        <Route path="/failures" component={FailuresScreen} />
        <Route path="/replays/:taskId?" component={ReplaysScreen} />
        <Route path="/login">
          <Redirect to={start} replace />
        </Route>
        <Route path="/">
          <Redirect to={start} replace />
        </Route>
        <Route component={NotFound} />
      </Switch>
    </Frame>
  );
};
