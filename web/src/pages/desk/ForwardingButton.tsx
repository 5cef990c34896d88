// Where the agent's own personal calls go: a button that shows it and opens the
// dialog that changes it.
import { SwapRightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentLiveView } from '../../api/types';
import { forwardsOf } from '../../parts/forwarding';
import { ForwardingDialog } from '../../parts/ForwardingDialog';
import { useColleagues } from './queries';

/** The button. */
export function ForwardingButton({ agent }: { agent: AgentLiveView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const colleagues = useColleagues(open);
  const forwards = forwardsOf(agent);
  const words = forwards.map(({ case: each, to }) =>
    t('forwarding.line', { case: t(`forwarding.${each}`), to }),
  );
  return (
    <>
      <Button
        size="small"
        type={forwards.length > 0 ? 'primary' : 'default'}
        ghost={forwards.length > 0}
        icon={<SwapRightOutlined />}
        onClick={() => setOpen(true)}
      >
        {forwards.length > 0 ? words.join(' · ') : t('forwarding.none')}
      </Button>
      {open && (
        <ForwardingDialog
          whose="own"
          colleagues={(colleagues.data?.items ?? []).map(({ agent_id, name, extension }) => ({
            value: agent_id,
            label: `${name} ${extension}`,
          }))}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
