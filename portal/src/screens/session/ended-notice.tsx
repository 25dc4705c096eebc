import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Banner } from '../../components/states.tsx';
import { useI18n } from '../../i18n/i18n.tsx';
import { RenewLink } from './renew-link.tsx';

interface EndedNoticeProps {
  readonly base: string;
  /** The reader is done with what is on the screen. */
  readonly onLeave: () => void;
}

/** That the session ended before the reader's input was saved. Said once in front of everything, and then above the screen. */
export const EndedNotice = ({ base, onLeave }: EndedNoticeProps) => {
  const { t } = useI18n();
  const [isRead, setRead] = useState(false);
  return (
    <>
      <Banner
        tone="warning"
        title={t('session.expired.title')}
        action={<Button onClick={onLeave}>{t('session.ended.leave')}</Button>}
      >
        {t('session.ended.text')}
      </Banner>
      {isRead ? null : (
        <Dialog
          title={t('session.expired.title')}
          onClose={() => setRead(true)}
          footer={
            <>
              <RenewLink base={base} />
              <Button onClick={() => setRead(true)}>{t('session.ended.back')}</Button>
            </>
          }
        >
          <p>{t('session.ended.text')}</p>
        </Dialog>
      )}
    </>
  );
};
