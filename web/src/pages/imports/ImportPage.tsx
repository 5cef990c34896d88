// One import: choose what its columns mean, watch it run, see what came of it.
import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Card, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { download } from '../../api/client';
import type { ImportView } from '../../api/types';
import { count } from '../../base/format';
import { Figure } from '../../parts/Figure';
import { PageHead } from '../../parts/PageHead';
import { ProblemAlert, useReportProblem } from '../../parts/Problem';
import { QueryGate } from '../../parts/QueryGate';
import { paths } from '../../paths';
import { ImportStateTag } from './ImportsPage';
import { MappingForm } from './MappingForm';
import { useCancelImport, useImport } from './queries';

function RunningCard({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const cancel = useCancelImport(view.id);
  const total = view.rows_total ?? 0;
  return (
    <Card>
      <div className="stack">
        <Progress percent={total > 0 ? Math.floor((view.rows_done / total) * 100) : 0} />
        <div className="line">
          <span className="quiet figure">
            {t('imports.rowsDone', { done: count(view.rows_done), total: count(view.rows_total) })}
          </span>
          <Button
            danger
            style={{ marginLeft: 'auto' }}
            loading={cancel.isPending}
            onClick={() => cancel.mutate(undefined)}
          >
            {t('imports.cancel')}
          </Button>
        </div>
        {cancel.error && <ProblemAlert error={cancel.error} />}
      </div>
    </Card>
  );
}

function ResultCard({ view }: { view: ImportView }) {
  const { t, i18n } = useTranslation();
  const report = useReportProblem();
  return (
    <Card title={t('imports.result')}>
      <div className="stack">
        {view.error && <Alert type="error" showIcon title={view.error} />}
        <div className="figures">
          <Figure label={t('imports.total')} value={count(view.rows_total)} />
          <Figure
            label={t('imports.imported')}
            value={count(view.rows_imported)}
            colour="#1f9254"
          />
          <Figure label={t('imports.merged')} value={count(view.rows_merged)} />
          <Figure
            label={t('imports.rejected')}
            value={count(view.rows_rejected)}
            {...(view.rows_rejected > 0 && { colour: '#c93a3a' })}
          />
        </div>
        <div className="line">
          {view.rows_rejected > 0 && (
            <Button
              icon={<DownloadOutlined />}
              onClick={() =>
                void download(
                  `/api/v1/imports/${view.id}/rejected.xlsx?lang=${i18n.language === 'en' ? 'en' : 'zh'}`,
                  `${view.file_name}-rejected.xlsx`,
                ).catch(report)
              }
            >
              {t('imports.downloadRejected')}
            </Button>
          )}
          {view.list_id != null && (
            <Link to={paths.newCampaignFor(view.list_id)}>
              <Button type="primary">{t('imports.toCampaign')}</Button>
            </Link>
          )}
        </div>
      </div>
    </Card>
  );
}

/** The page of one import, by its state. */
export default function ImportPage() {
  const { t } = useTranslation();
  const id = Number(useParams()['id']);
  const query = useImport(id);
  return (
    <>
      <PageHead
        title={query.data?.file_name ?? t('menu.imports')}
        aside={query.data && <ImportStateTag state={query.data.state} />}
      >
        <Link to={paths.imports}>{t('imports.all')}</Link>
      </PageHead>
      <QueryGate query={query}>
        {(view) => {
          if (view.state === 'uploaded') return <MappingForm view={view} />;
          return (
            <div className="stack">
              {view.state === 'running' && <RunningCard view={view} />}
              <ResultCard view={view} />
            </div>
          );
        }}
      </QueryGate>
    </>
  );
}
