import { useRef } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Select } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { useI18n } from '../i18n/i18n.tsx';
import type { Locale } from '../i18n/locale.ts';
import type { Scheme } from '../theme/theme.ts';
import { useDisplay } from './display.tsx';

const LANGUAGES: readonly (readonly [Locale, string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

const SCHEMES: readonly Scheme[] = ['light', 'dark', 'auto'];

const schemeNamed = (name: string): Scheme => SCHEMES.find((scheme) => scheme === name) ?? 'light';
const localeNamed = (name: string): Locale => LANGUAGES.find(([locale]) => locale === name)?.[0] ?? 'en';

/** Appearance, language and log out. */
export const DisplayMenu = ({ onLogOut }: { onLogOut: () => void }) => {
  const { t, locale } = useI18n();
  const { scheme, chooseScheme, chooseLocale } = useDisplay();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <div class="menu">
      <button
        type="button"
        class="button quiet icon-only"
        popovertarget="display-menu"
        aria-label={t('menu.label')}
      >
        <Icon name="sliders" />
      </button>
      <div
        ref={menu}
        id="display-menu"
        popover="auto"
        class="popover menu-panel"
        role="group"
        aria-label={t('menu.label')}
      >
        <Select
          label={t('menu.theme')}
          value={scheme}
          onChange={(value) => chooseScheme(schemeNamed(value))}
          options={SCHEMES.map((value) => ({ value, label: t(`menu.theme.${value}`) }))}
        />
        <Select
          label={t('menu.language')}
          value={locale}
          onChange={(value) => chooseLocale(localeNamed(value))}
          options={LANGUAGES.map(([value, label]) => ({ value, label }))}
        />
        <Button variant="secondary" onClick={onLogOut}>
          <Icon name="logout" /> {t('menu.logout')}
        </Button>
      </div>
    </div>
  );
};
