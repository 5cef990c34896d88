// With one click: this customer is not called again. It can be taken back while the
// call is on the desk.
import { StopOutlined, UndoOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CallLiveView, DeskCallView } from '../../api/types';
import { BarTags } from '../../parts/BarTags';
import { useReportProblem } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { useBarCall } from '../doNotCall/queries';

/** The button; or, when the number is listed, for whom, and the way back. */
export function DoNotCallButton({
  desk,
  live,
}: {
  desk: DeskCallView;
  live: CallLiveView | undefined;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const report = useReportProblem();
  const bar = useBarCall(desk.call_id);
  function set(to: boolean) {
    bar.mutate(to, {
      onSuccess: () =>
        void message.success(t(to ? 'doNotCall.desk.added' : 'doNotCall.desk.undone')),
      onError: report,
    });
  }
  function reason(): string | undefined {
    if (desk.number === '') return t('doNotCall.desk.noNumber');
    if (!(live?.connected_at ?? desk.connected_at)) return t('doNotCall.desk.notYet');
    return undefined;
  }
  if (desk.bars.length > 0) {
    return (
      <div className="line" role="status" aria-label={t('doNotCall.desk.listed')}>
        <BarTags bars={desk.bars} />
        {desk.may_unbar && (
          <Button
            size="small"
            icon={<UndoOutlined />}
            loading={bar.isPending}
            onClick={() => set(false)}
          >
            {t('doNotCall.desk.undo')}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div>
      <ReasonButton
        danger
        size="small"
        icon={<StopOutlined />}
        reason={reason()}
        loading={bar.isPending}
        onClick={() => set(true)}
      >
        {t('doNotCall.desk.add')}
      </ReasonButton>
    </div>
  );
}
