// A file of numbers for the list, and what became of it.
import { InboxOutlined } from '@ant-design/icons';
import { Form, Modal, Table, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DoNotCallImportView } from '../../api/types';
import { count } from '../../base/format';
import { Figure } from '../../parts/Figure';
import { showFieldProblems } from '../../parts/form';
import { ProblemAlert } from '../../parts/Problem';
import type { TermsFields } from './form';
import { useImportNumbers } from './queries';
import { TermsItems } from './TermsItems';

function Result({ result }: { result: DoNotCallImportView }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <div className="figures">
        <Figure label={t('doNotCall.rows')} value={count(result.rows)} />
        <Figure label={t('doNotCall.accepted')} value={count(result.accepted)} />
        <Figure label={t('doNotCall.alreadyThere')} value={count(result.already_there)} />
        <Figure label={t('doNotCall.rejected')} value={count(result.rejected)} />
      </div>
      {result.rejects.length > 0 && (
        <Table
          size="small"
          rowKey="row"
          scroll={{ y: 240 }}
          pagination={false}
          dataSource={result.rejects}
          columns={[
            { title: t('doNotCall.row'), dataIndex: 'row', width: 90 },
            { title: t('doNotCall.whyRejected'), dataIndex: 'reason' },
          ]}
        />
      )}
      {result.rejected > result.rejects.length && (
        <span className="quiet">
          {t('doNotCall.moreRejects', { count: result.rejects.length })}
        </span>
      )}
    </div>
  );
}

/** The dialog: first the file and its terms, then the result. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<TermsFields>();
  const [file, setFile] = useState<File>();
  const upload = useImportNumbers();
  function submit(fields: TermsFields) {
    if (!file) return;
    upload.mutate({ file, fields }, { onError: (error) => showFieldProblems(form, error) });
  }
  return (
    <Modal
      open
      width={680}
      title={t('doNotCall.importTitle')}
      okText={upload.data ? t('common.close') : t('doNotCall.importStart')}
      okButtonProps={{ disabled: !file }}
      confirmLoading={upload.isPending}
      onOk={() => (upload.data ? onClose() : form.submit())}
      onCancel={onClose}
    >
      {upload.data ? (
        <Result result={upload.data} />
      ) : (
        <Form form={form} layout="vertical" onFinish={submit}>
          <Form.Item label={t('doNotCall.importFile')} required extra={t('doNotCall.importHint')}>
            <Upload.Dragger
              accept=".xlsx,.csv"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(chosen) => {
                setFile(chosen);
                upload.reset();
                return false;
              }}
            >
              <p className="line" style={{ justifyContent: 'center', margin: 0 }}>
                <InboxOutlined style={{ fontSize: 22 }} />
                {file ? file.name : t('doNotCall.importDrop')}
              </p>
            </Upload.Dragger>
          </Form.Item>
          <TermsItems reasonHint={t('doNotCall.importReason')} />
          {upload.error && <ProblemAlert error={upload.error} />}
        </Form>
      )}
    </Modal>
  );
}
