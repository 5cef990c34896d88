// Changing one's own password whenever one likes.
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from './PasswordForm';

/** The dialog; closes itself when the password is changed. */
export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open={open}
      width={420}
      title={t('session.changePassword')}
      footer={null}
      onCancel={onClose}
      destroyOnHidden
    >
      <PasswordForm onDone={onClose} />
    </Modal>
  );
}
