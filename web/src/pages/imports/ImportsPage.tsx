// Bringing lists in: drop a file, then see what became of all files so far.
import { InboxOutlined } from '@ant-design/icons';
import { Card, Spin, Table, Tag, Upload, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { ImportState, ImportView } from '../../api/types';
import { count, dateTime } from '../../base/format';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert } from '../../parts/Problem';
import { paths } from '../../paths';
import { useImports, useUpload } from './queries';

const STATE_TAG: Record<ImportState, string> = {
  uploaded: 'default',
  running: 'processing',
  done: 'green',
  failed: 'red',
  cancelled: 'orange',
};

/** The state of an import as a tag. */
export function ImportStateTag({ state }: { state: ImportState }) {
  const { t } = useTranslation();
  return <Tag color={STATE_TAG[state]}>{t(`imports.state.${state}`)}</Tag>;
}

function UploadCard() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const upload = useUpload();
  return (
    <Card>
      <div className="stack">
        <Upload.Dragger
          accept=".xlsx,.csv"
          showUploadList={false}
          disabled={upload.isPending}
          beforeUpload={(file) => {
            upload.mutate(file, { onSuccess: (view) => void navigate(paths.import(view.id)) });
            return false;
          }}
        >
          <p style={{ fontSize: 32, color: '#2457c5', margin: '4px 0' }}>
            {upload.isPending ? <Spin /> : <InboxOutlined />}
          </p>
          <p style={{ fontSize: 15, margin: '4px 0' }}>
            {upload.isPending ? t('imports.uploading') : t('imports.drop')}
          </p>
          <p className="quiet">{t('imports.formats')}</p>
        </Upload.Dragger>
        {upload.error && <ProblemAlert error={upload.error} />}
      </div>
    </Card>
  );
}

/** Upload and list. */
export default function ImportsPage() {
  const { t } = useTranslation();
  const imports = useImports();
  const number = (title: string, of: (row: ImportView) => number | null | undefined) => ({
    title,
    align: 'right' as const,
    render: (_: unknown, row: ImportView) => <span className="figure">{count(of(row))}</span>,
  });
  const columns: TableColumnsType<ImportView> = [
    {
      title: t('imports.file'),
      render: (_, row) => <Link to={paths.import(row.id)}>{row.file_name}</Link>,
    },
    { title: t('common.status'), render: (_, row) => <ImportStateTag state={row.state} /> },
    number(t('imports.total'), (row) => row.rows_total),
    number(t('imports.imported'), (row) => row.rows_imported),
    number(t('imports.merged'), (row) => row.rows_merged),
    number(t('imports.rejected'), (row) => row.rows_rejected),
    {
      title: t('common.createdAt'),
      render: (_, row) => <span className="figure">{dateTime(row.created_at)}</span>,
    },
  ];
  return (
    <>
      <PageHead title={t('menu.imports')} />
      <div className="stack">
        <UploadCard />
        {imports.error && <ProblemAlert error={imports.error} onRetry={() => imports.refetch()} />}
        <Table
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={imports.data?.items ?? []}
          loading={imports.isPending}
          pagination={false}
          locale={{ emptyText: t('imports.empty') }}
        />
      </div>
    </>
  );
}
