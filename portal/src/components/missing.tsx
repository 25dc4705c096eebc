import { useEffect } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';
import { ButtonLink } from './button.tsx';
import { Icon } from './icon.tsx';
import { useDocumentTitle } from './page.tsx';

/** What a screen is about, for when it does not exist. */
export interface Subject {
  /** What to say if it existed when the screen was opened. */
  readonly title: string;
  readonly text: string;
  /** The screen that lists its kind. */
  readonly back: { readonly href: string; readonly label: string };
}

interface MissingProps {
  readonly subject: Subject;
  readonly heading: 'h1' | 'h2';
  /** Whether it existed when the screen was opened. */
  readonly existed: boolean;
}

/** What the screen is about does not exist, or was deleted while the screen was open: says so, and leads back. */
export const Missing = ({ subject, heading: Title, existed }: MissingProps) => {
  const { t } = useI18n();
  useEffect(() => {
    // The control that had the focus may be gone with the screen.
    if (document.activeElement === document.body) document.getElementById('content')?.focus();
  }, []);
  return (
    <div class="state" role="alert" data-missing={existed ? 'deleted' : 'never'}>
      <span class="state-icon">
        <Icon name={existed ? 'trash' : 'search'} size={20} />
      </span>
      <Title class="state-title">{existed ? subject.title : t('error.notFound.title')}</Title>
      <p class="muted state-text">{existed ? subject.text : t('error.notFound')}</p>
      <div class="state-action">
        <ButtonLink href={subject.back.href}>
          <Icon name="back" /> {subject.back.label}
        </ButtonLink>
      </div>
    </div>
  );
};

/** As Missing, for a whole screen. */
export const MissingScreen = (props: Omit<MissingProps, 'heading'>) => {
  const { t } = useI18n();
  useDocumentTitle(props.existed ? props.subject.title : t('error.notFound.title'));
  return <Missing {...props} heading="h1" />;
};
