import { createElement } from 'preact';
import type { ComponentType, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { SkeletonPage } from '../components/states.tsx';

/** A screen whose code is loaded when it is first opened. */
export const lazyScreen = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): FunctionComponent<Props> => {
  let loaded: ComponentType<Props> | null = null;
  return (props: Props) => {
    const [screen, setScreen] = useState<{
      readonly component: ComponentType<Props> | null;
      readonly failure?: Error;
    }>({ component: loaded });
    useEffect(() => {
      if (loaded !== null) return;
      let isShown = true;
      const show = (next: typeof screen) => {
        if (isShown) setScreen(next);
      };
      load().then(
        (component) => {
          loaded = component;
          show({ component });
        },
        (cause: unknown) => show({ component: null, failure: new Error('chunk', { cause }) }),
      );
      return () => {
        isShown = false;
      };
    }, []);
    // The crash screen offers to reload: after a deployment the old chunks may be gone.
    if (screen.failure !== undefined) throw screen.failure;
    return screen.component === null ? <SkeletonPage /> : createElement(screen.component, props);
  };
};
