// The users: who they are, their role, team and desk phone.
import { BellOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type { UserView } from '../../api/types';
import { DASH } from '../../base/format';
import { ForwardingDialog } from '../../parts/ForwardingDialog';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { useUsers } from '../campaigns/queries';
import { MissedRingsDialog } from './MissedRingsDialog';
import { useRoles, useTeams } from './queries';
import { useRoleName } from './roleName';
import { UserDialog } from './UserDialog';

/** Which dialog is open: none, for a new user, or for this one. */
type Editing = null | 'new' | UserView;

/** The list of users. */
export default function UsersPage() {
  const { t } = useTranslation();
  const mayWrite = useMay('user:write');
  const mayForward = useMay('agent:forward');
  const users = useUsers();
  const roles = useRoles();
  const teams = useTeams();
  const roleName = useRoleName(roles.data?.items);
  const [editing, setEditing] = useState<Editing>(null);
  const [forwarding, setForwarding] = useState<UserView | null>(null);
  const [ringing, setRinging] = useState(false);
  const [words, setWords] = useState('');

  const shown = users.data?.items.filter((user) =>
    [user.username, user.display_name, user.extension ?? ''].some((text) =>
      text.toLowerCase().includes(words.toLowerCase()),
    ),
  );
  const columns: TableColumnsType<UserView> = [
    { title: t('users.displayName'), render: (_, user) => user.display_name },
    { title: t('users.username'), render: (_, user) => user.username },
    { title: t('users.role'), render: (_, user) => roleName(user.role) },
    {
      title: t('users.team'),
      render: (_, user) => teams.data?.items.find((team) => team.id === user.team_id)?.name ?? DASH,
    },
    {
      title: t('users.extension'),
      render: (_, user) => <span className="figure">{user.extension ?? DASH}</span>,
    },
    {
      title: t('users.phoneMode'),
      render: (_, user) => (user.extension ? t(`users.mode.${user.phone_mode}`) : DASH),
    },
    {
      title: t('common.status'),
      render: (_, user) =>
        user.active ? (
          <Tag color="green">{t('users.active')}</Tag>
        ) : (
          <Tag>{t('users.inactive')}</Tag>
        ),
    },
  ];
  if (mayForward) {
    columns.push({
      title: t('forwarding.title'),
      width: 110,
      render: (_, user) =>
        user.extension ? (
          <Button type="link" size="small" onClick={() => setForwarding(user)}>
            {t('common.edit')}
          </Button>
        ) : (
          DASH
        ),
    });
  }
  if (mayWrite) {
    columns.push({
      title: t('common.actions'),
      width: 90,
      render: (_, user) => (
        <Button type="link" size="small" onClick={() => setEditing(user)}>
          {t('common.edit')}
        </Button>
      ),
    });
  }
  return (
    <>
      <PageHead title={t('menu.users')}>
        <Input
          allowClear
          value={words}
          onChange={(event) => setWords(event.target.value)}
          placeholder={t('users.searchHint')}
          style={{ width: 280 }}
        />
        {mayWrite && (
          <Button icon={<BellOutlined />} onClick={() => setRinging(true)}>
            {t('missedRings.title')}
          </Button>
        )}
        {mayWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('users.create')}
          </Button>
        )}
      </PageHead>
      <div className="stack">
        {users.error && <ProblemAlert error={users.error} onRetry={() => users.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={shown ?? []}
          loading={users.isPending}
          pagination={false}
          locale={{ emptyText: t('users.empty') }}
        />
      </div>
      {ringing && <MissedRingsDialog onClose={() => setRinging(false)} />}
      {forwarding && (
        <ForwardingDialog
          whose={forwarding.id}
          name={forwarding.display_name}
          colleagues={(users.data?.items ?? [])
            .filter((user) => user.active && user.extension && user.id !== forwarding.id)
            .map((user) => ({ value: user.id, label: `${user.display_name} ${user.extension}` }))}
          onClose={() => setForwarding(null)}
        />
      )}
      {editing !== null && (
        <UserDialog
          {...(editing !== 'new' && { user: editing })}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
