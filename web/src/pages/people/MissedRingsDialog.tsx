// After how many rings in vain an agent is paused: the centre's number, and a
// team's own where it has one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Form, InputNumber, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import type { MissedRingsRequest } from '../../api/types';
import { ProblemAlert } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { useTeams } from './queries';

interface Fields {
  centre: number;
  teams: Record<string, number | null | undefined>;
}

/** The dialog. */
export function MissedRingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const teams = useTeams();
  const key = ['missed-rings'];
  const query = useQuery({ queryKey: key, queryFn: () => ask(api.GET('/api/v1/missed-rings')) });
  const saving = useMutation({
    mutationFn: (body: MissedRingsRequest) => ask(api.PUT('/api/v1/missed-rings', { body })),
    onSuccess: (view) => {
      client.setQueryData(key, view);
      onClose();
    },
  });
  const submit = (fields: Fields) =>
    saving.mutate({
      centre: fields.centre,
      teams: Object.entries(fields.teams ?? {}).map(([team, max]) => ({
        team_id: Number(team),
        max: max ?? null,
      })),
    });
  return (
    <Modal
      open
      width={520}
      title={t('missedRings.title')}
      okText={t('common.save')}
      confirmLoading={saving.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="quiet">{t('missedRings.hint')}</p>
      <QueryGate query={query}>
        {(view) => (
          <Form
            form={form}
            layout="vertical"
            initialValues={{
              centre: view.centre,
              teams: Object.fromEntries(view.teams.map(({ team_id, max }) => [team_id, max])),
            }}
            onFinish={submit}
          >
            <div className="form-grid">
              <Form.Item name="centre" label={t('missedRings.centre')} rules={[{ required: true }]}>
                <InputNumber min={0} max={100} style={{ width: '100%' }} />
              </Form.Item>
              {view.teams.map(({ team_id }) => (
                <Form.Item
                  key={team_id}
                  name={['teams', String(team_id)]}
                  label={teams.data?.items.find((team) => team.id === team_id)?.name ?? team_id}
                >
                  <InputNumber
                    min={0}
                    max={100}
                    placeholder={t('missedRings.asCentre')}
                    style={{ width: '100%' }}
                  />
                </Form.Item>
              ))}
            </div>
          </Form>
        )}
      </QueryGate>
      {saving.error && <ProblemAlert error={saving.error} />}
    </Modal>
  );
}
