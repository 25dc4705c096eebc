import { Component } from 'preact';
import type { ComponentChildren } from 'preact';
import { I18nContext } from '../i18n/i18n.tsx';
import { Button } from './button.tsx';
import { Empty } from './states.tsx';

/** Catches what a screen throws while it renders. */
export class Crash extends Component<{ children: ComponentChildren }, { readonly hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static override getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <I18nContext.Consumer>
        {({ t }) => (
          <main class="centred">
            <Empty
              title={t('error.crash.title')}
              icon="alert"
              action={<Button onClick={() => location.reload()}>{t('error.reload')}</Button>}
            >
              {t('error.crash.text')}
            </Empty>
          </main>
        )}
      </I18nContext.Consumer>
    );
  }
}
