// Creating and changing a user. A new phone's secret is shown once, right after
// saving; nobody can read it later.
import { Alert, Form, Input, Modal, Select, Switch, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PhoneMode, UserView } from '../../api/types';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';
import { useRoles, useSaveUser, useTeams, type UserChange } from './queries';
import { useRoleName } from './roleName';

interface Fields {
  username: string;
  display_name: string;
  password?: string;
  role: string;
  team_id?: number | null;
  extension?: string | null;
  phone_mode: PhoneMode;
  remote_answer: 'auto' | 'yes' | 'no';
  active: boolean;
}

function changeOf(user: UserView | undefined, fields: Fields): UserChange {
  const { username, password, active, extension, team_id, remote_answer, ...rest } = fields;
  const remote = remote_answer === 'auto' ? null : remote_answer === 'yes';
  const common = {
    ...rest,
    remote_answer: remote,
    extension: extension?.trim() || null,
    team_id: team_id ?? null,
  };
  if (!user) return { body: { ...common, username, password: password ?? '' } };
  return { id: user.id, body: { ...common, active, ...(password && { password }) } };
}

function initialValues(user: UserView | undefined) {
  if (!user) return { role: 'agent', phone_mode: 'off_hook', remote_answer: 'auto' };
  const { remote_answer: remote } = user;
  return { ...user, remote_answer: remote == null ? 'auto' : remote ? 'yes' : 'no' };
}

function Secret({ user, secret }: { user: UserView; secret: string }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Alert type="warning" showIcon title={t('users.secretOnce')} />
      <div>
        <span className="quiet">{t('users.extension')}</span>{' '}
        <Typography.Text copyable code>
          {user.extension}
        </Typography.Text>
      </div>
      <div>
        <span className="quiet">{t('users.phoneSecret')}</span>{' '}
        <Typography.Text copyable code>
          {secret}
        </Typography.Text>
      </div>
    </div>
  );
}

function UserFields({ user }: { user: UserView | undefined }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const teams = useTeams();
  const roleName = useRoleName(roles.data?.items);
  return (
    <>
      <div className="form-grid">
        <Form.Item name="display_name" label={t('users.displayName')} rules={[{ required: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="username" label={t('users.username')} rules={[{ required: true }]}>
          <Input disabled={user !== undefined} autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item
          name="password"
          label={user ? t('users.newPassword') : t('users.password')}
          extra={t(user ? 'users.keepPassword' : 'users.firstPassword')}
          rules={[{ required: !user }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="role" label={t('users.role')} rules={[{ required: true }]}>
          <Select
            loading={roles.isPending}
            options={roles.data?.items.map(({ key }) => ({ value: key, label: roleName(key) }))}
          />
        </Form.Item>
        <Form.Item name="team_id" label={t('users.team')}>
          <Select
            allowClear
            loading={teams.isPending}
            options={teams.data?.items.map((team) => ({ value: team.id, label: team.name }))}
          />
        </Form.Item>
        <Form.Item name="extension" label={t('users.extension')} extra={t('users.extensionHint')}>
          <Input inputMode="numeric" maxLength={20} />
        </Form.Item>
        <Form.Item name="phone_mode" label={t('users.phoneMode')}>
          <Select
            options={(['off_hook', 'on_hook'] as const).map((mode) => ({
              value: mode,
              label: t(`users.mode.${mode}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="remote_answer"
          label={t('users.remoteAnswer')}
          extra={t('users.remoteAnswerHint')}
        >
          <Select
            options={(['auto', 'yes', 'no'] as const).map((value) => ({
              value,
              label: t(`users.answers.${value}`),
            }))}
          />
        </Form.Item>
        {user && (
          <Form.Item name="active" label={t('users.active')} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
      </div>
    </>
  );
}

/** The dialog; without a user it makes a new one. */
export function UserDialog({ user, onClose }: { user?: UserView; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const save = useSaveUser();
  const [saved, setSaved] = useState<{ user: UserView; secret: string } | null>(null);

  function submit(fields: Fields) {
    save.mutate(changeOf(user, fields), {
      onSuccess: (view) => {
        if (view.phone_secret) setSaved({ user: view, secret: view.phone_secret });
        else onClose();
      },
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Modal
      open
      width={640}
      title={user ? t('users.edit') : t('users.create')}
      okText={saved ? t('common.close') : t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => (saved ? onClose() : form.submit())}
      onCancel={onClose}
      {...(saved && { footer: (_, { OkBtn }) => <OkBtn /> })}
    >
      {saved ? (
        <Secret {...saved} />
      ) : (
        <Form form={form} layout="vertical" initialValues={initialValues(user)} onFinish={submit}>
          <UserFields user={user} />
          {save.error && <ProblemAlert error={save.error} />}
        </Form>
      )}
    </Modal>
  );
}
