// The header: own state with its timer, how the live connection stands, the
// language, and the signed-in person's menu.
import { DownOutlined, GlobalOutlined, UserOutlined } from '@ant-design/icons';
import { Badge, Button, Dropdown, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { signOut, useSession } from '../api/session';
import { setLanguage } from '../i18n';
import { useLive, type LinkStatus } from '../live/store';
import { AgentStateLabel } from '../parts/labels';
import { useReportProblem } from '../parts/Problem';
import { Elapsed } from '../parts/timers';
import { paths } from '../paths';
import { PasswordDialog } from './PasswordDialog';

const LINK_BADGE: Record<LinkStatus, 'success' | 'processing' | 'warning' | 'default'> = {
  open: 'success',
  connecting: 'processing',
  lost: 'warning',
  off: 'default',
};

function OwnState({ agentId }: { agentId: number }) {
  const agent = useLive((live) => live.agents[agentId]);
  if (!agent) return null;
  return (
    <Link to={paths.desk} className="line">
      <AgentStateLabel kind={agent.state} />
      <span className="quiet">
        <Elapsed since={agent.since} />
      </span>
    </Link>
  );
}

/** Switches between the two languages; the button names the other one. */
export function LanguageButton() {
  const { i18n } = useTranslation();
  const other = i18n.language === 'en' ? 'zh-CN' : 'en';
  return (
    <Button
      type="text"
      icon={<GlobalOutlined />}
      lang={other}
      onClick={() => void setLanguage(other)}
    >
      {other === 'en' ? 'English' : '中文'}
    </Button>
  );
}

/** Everything in the header. */
export function HeaderTools() {
  const { t } = useTranslation();
  const report = useReportProblem();
  const me = useSession((session) => session.me);
  const link = useLive((live) => live.link);
  const [password, setPassword] = useState(false);
  if (!me) return null;

  const items = [
    { key: 'password', label: t('session.changePassword'), onClick: () => setPassword(true) },
    {
      key: 'out',
      label: t('session.signOut'),
      onClick: () => void signOut().catch(report),
    },
  ];
  return (
    <>
      {me.is_agent && <OwnState agentId={me.id} />}
      <div className="right">
        <Tooltip title={t(`live.link.${link}`)}>
          <Badge status={LINK_BADGE[link]} text={t('live.name')} />
        </Tooltip>
        <LanguageButton />
        <Dropdown menu={{ items }} trigger={['click']}>
          <Button type="text" icon={<UserOutlined />}>
            {me.display_name} <DownOutlined style={{ fontSize: 10 }} />
          </Button>
        </Dropdown>
      </div>
      <PasswordDialog open={password} onClose={() => setPassword(false)} />
    </>
  );
}
