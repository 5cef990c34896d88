// What a customer said of being called, with where and by whom it was heard; and the
// form with which more is recorded. Nothing here is ever changed.
import {
  App,
  Button,
  Card,
  Form,
  Input,
  Modal,
  Select,
  Table,
  Tag,
  type TableColumnsType,
} from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/access';
import type {
  ConsentKind,
  ConsentRequest,
  ConsentSource,
  ConsentView,
  CustomerView,
} from '../../api/types';
import { dateTime, phone } from '../../base/format';
import { showFieldProblems } from '../../parts/form';
import { MoreButton } from '../../parts/MoreButton';
import { ProblemAlert } from '../../parts/Problem';
import Player from '../calls/Player';
import { useAddConsent, useConsents } from '../doNotCall/queries';

const KINDS: ConsentKind[] = ['given', 'refused', 'withdrawn'];
const BY_HAND: ConsentSource[] = ['call', 'written', 'online', 'complaint'];
const KIND_COLOUR: Record<ConsentKind, string> = {
  given: 'green',
  refused: 'red',
  withdrawn: 'orange',
};

function ConsentDialog({ customer, onClose }: { customer: CustomerView; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<ConsentRequest>();
  const add = useAddConsent(customer.id);
  function submit(fields: ConsentRequest) {
    add.mutate(fields, {
      onSuccess: () => {
        void message.success(t('doNotCall.consentSaved'));
        onClose();
      },
      onError: (error) => showFieldProblems(form, error),
    });
  }
  return (
    <Modal
      open
      title={t('doNotCall.consentTitle')}
      okText={t('common.save')}
      confirmLoading={add.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ e164: customer.phones[0]?.e164, source: 'call' }}
        onFinish={submit}
      >
        <div className="form-grid">
          <Form.Item name="e164" label={t('doNotCall.number')} rules={[{ required: true }]}>
            <Select
              options={customer.phones.map((each) => ({
                value: each.e164,
                label: phone(each.number),
              }))}
            />
          </Form.Item>
          <Form.Item name="kind" label={t('doNotCall.kind')} rules={[{ required: true }]}>
            <Select
              options={KINDS.map((value) => ({
                value,
                label: t(`doNotCall.consentKinds.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="source" label={t('doNotCall.source')} rules={[{ required: true }]}>
            <Select
              options={BY_HAND.map((value) => ({
                value,
                label: t(`doNotCall.consentSources.${value}`),
              }))}
            />
          </Form.Item>
        </div>
        <Form.Item name="note" label={t('doNotCall.note')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
        </Form.Item>
        <p className="quiet">{t('doNotCall.consentHint')}</p>
        {add.error && <ProblemAlert error={add.error} />}
      </Form>
    </Modal>
  );
}

function useColumns(): TableColumnsType<ConsentView> {
  const { t } = useTranslation();
  return [
    {
      title: t('doNotCall.saidAt'),
      width: 176,
      render: (_, row) => <span className="figure">{dateTime(row.said_at)}</span>,
    },
    {
      title: t('doNotCall.number'),
      width: 160,
      render: (_, row) => <span className="figure">{row.e164}</span>,
    },
    {
      title: t('doNotCall.kind'),
      width: 150,
      render: (_, row) => (
        <Tag color={KIND_COLOUR[row.kind]}>{t(`doNotCall.consentKinds.${row.kind}`)}</Tag>
      ),
    },
    {
      title: t('doNotCall.source'),
      width: 170,
      render: (_, row) => t(`doNotCall.consentSources.${row.source}`),
    },
    { title: t('doNotCall.recordedBy'), width: 130, render: (_, row) => row.recorded_by_name },
    { title: t('doNotCall.note'), render: (_, row) => row.note },
  ];
}

/** The log as a card. */
export function ConsentLog({ customer }: { customer: CustomerView }) {
  const { t } = useTranslation();
  const mayWrite = useMay('customer:write');
  const mayListen = useMay('recording:listen');
  const [adding, setAdding] = useState(false);
  const consents = useConsents(customer.id);
  const columns = useColumns();
  const items = consents.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card
      title={t('doNotCall.consents')}
      extra={
        mayWrite && (
          <Button size="small" onClick={() => setAdding(true)}>
            {t('doNotCall.consentAdd')}
          </Button>
        )
      }
    >
      {consents.error && <ProblemAlert error={consents.error} onRetry={() => consents.refetch()} />}
      <Table
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={items}
        loading={consents.isPending}
        pagination={false}
        locale={{ emptyText: t('doNotCall.noConsents') }}
        expandable={{
          rowExpandable: (row) => mayListen && row.recording_id != null,
          expandedRowRender: (row) => row.recording_id && <Player recordingId={row.recording_id} />,
        }}
      />
      {consents.hasNextPage && (
        <MoreButton
          shown={items.length}
          hasMore
          loading={consents.isFetchingNextPage}
          onMore={() => consents.fetchNextPage()}
        />
      )}
      {adding && <ConsentDialog customer={customer} onClose={() => setAdding(false)} />}
    </Card>
  );
}
