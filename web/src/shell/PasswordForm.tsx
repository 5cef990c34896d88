// Changing one's own password: the form, used in the dialog and on the page
// that a new user must pass.
import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../api/client';
import { refresh } from '../api/session';
import { showFieldProblems } from '../parts/form';
import { ProblemAlert } from '../parts/Problem';

interface Fields {
  current: string;
  new: string;
  again: string;
}

const PASSWORD_CHARS_MIN = 10;

/** The form; calls `onDone` once the password is changed. */
export function PasswordForm({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const change = useMutation({
    mutationFn: async ({ current, new: next }: Fields) => {
      await ask(api.POST('/api/v1/auth/password', { body: { current, new: next } }));
      // The account is no longer one whose password must be changed.
      await refresh();
    },
    onSuccess: () => {
      void message.success(t('session.passwordChanged'));
      onDone?.();
    },
    onError: (error) => showFieldProblems(form, error),
  });
  return (
    <Form form={form} layout="vertical" onFinish={(values) => change.mutate(values)}>
      {change.error && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={change.error} />
        </div>
      )}
      <Form.Item name="current" label={t('session.currentPassword')} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new"
        label={t('session.newPassword')}
        extra={t('session.passwordHint', { count: PASSWORD_CHARS_MIN })}
        rules={[{ required: true }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('session.newPasswordAgain')}
        dependencies={['new']}
        rules={[
          { required: true },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue('new')
                ? Promise.resolve()
                : Promise.reject(new Error(t('session.passwordsDiffer'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={change.isPending}>
        {t('session.changePassword')}
      </Button>
    </Form>
  );
}
