// Until a new user has chosen a password of their own, the server refuses
// everything else; so does this page.
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { signOut } from '../api/session';
import { useReportProblem } from '../parts/Problem';
import { LanguageButton } from './HeaderTools';
import { PasswordForm } from './PasswordForm';

/** The page in place of the console. */
export function FirstPassword() {
  const { t } = useTranslation();
  const report = useReportProblem();
  return (
    <div className="sign-in">
      <div className="box stack">
        <Alert type="info" showIcon title={t('session.mustChange')} />
        <PasswordForm />
        <div className="line" style={{ justifyContent: 'space-between' }}>
          <LanguageButton />
          <Button type="text" onClick={() => void signOut().catch(report)}>
            {t('session.signOut')}
          </Button>
        </div>
      </div>
    </div>
  );
}
