// What the columns of a file mean: a choice over each column, above the first
// rows as they will be read; the list's name; what to do with known numbers.
import { Alert, Button, Card, Form, Input, InputNumber, Radio, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportStartRequest, ImportView } from '../../api/types';
import { asProblem } from '../../api/problem';
import { ProblemAlert } from '../../parts/Problem';
import { ReasonButton } from '../../parts/ReasonButton';
import { mappingOf, ROLES, rolesOf, withRole, type Role } from './mapping';
import { useCancelImport, useStartImport } from './queries';

const ROLE_COLOUR: Record<Role, string | undefined> = {
  ignore: undefined,
  name: '#e9effb',
  phone: '#e7f5ed',
  city: '#fdf4e3',
  remark: '#f3eefb',
};

function Preview({
  view,
  roles,
  onChange,
}: {
  view: ImportView;
  roles: Role[];
  onChange: (roles: Role[]) => void;
}) {
  const { t } = useTranslation();
  const columns = view.columns.map((title, index) => ({
    key: String(index),
    title: (
      <div>
        <div className="nowrap" style={{ marginBottom: 6 }}>
          {title || t('imports.column', { number: index + 1 })}
        </div>
        <Select
          size="small"
          style={{ width: 116 }}
          value={roles[index] ?? 'ignore'}
          onChange={(role) => onChange(withRole(roles, index, role))}
          options={ROLES.map((role) => ({ value: role, label: t(`imports.role.${role}`) }))}
        />
      </div>
    ),
    onCell: () => ({
      style: {
        background: ROLE_COLOUR[roles[index] ?? 'ignore'],
        color: roles[index] === 'ignore' ? '#98a3b3' : undefined,
      },
    }),
    render: (_: unknown, row: { cells: string[] }) => (
      <span className="figure">{row.cells[index]}</span>
    ),
  }));
  return (
    <Table
      size="small"
      bordered
      rowKey="key"
      columns={columns}
      dataSource={view.sample.map((cells, key) => ({ key, cells }))}
      pagination={false}
      scroll={{ x: 'max-content', y: 340 }}
    />
  );
}

/** Mapping, name and start. */
export function MappingForm({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const [roles, setRoles] = useState(() => rolesOf(view.suggested_mapping, view.columns.length));
  const [listName, setListName] = useState(() => view.file_name.replace(/\.[^.]+$/, ''));
  const [duplicates, setDuplicates] = useState<ImportStartRequest['duplicates']>('skip');
  const [priority, setPriority] = useState(0);
  const start = useStartImport(view.id);
  const cancel = useCancelImport(view.id);
  const mapping = mappingOf(roles);
  const nameProblem = start.error
    ? asProblem(start.error).fields.find((each) => each.field === 'list_name')
    : undefined;

  function reason(): string | undefined {
    if (!mapping) return t('imports.mappingNeeded');
    if (listName.trim() === '') return t('imports.nameNeeded');
    return undefined;
  }
  return (
    <div className="stack">
      <Card title={t('imports.mapping')}>
        <div className="stack">
          <Alert type="info" showIcon title={t('imports.mappingHint')} />
          <Preview view={view} roles={roles} onChange={setRoles} />
        </div>
      </Card>
      <Card title={t('imports.options')}>
        <Form layout="vertical">
          <Form.Item
            label={t('imports.listName')}
            validateStatus={nameProblem ? 'error' : ''}
            help={nameProblem?.message}
          >
            <Input
              value={listName}
              maxLength={100}
              style={{ maxWidth: 420 }}
              onChange={(event) => setListName(event.target.value)}
            />
          </Form.Item>
          <Form.Item label={t('imports.duplicates')}>
            <Radio.Group
              value={duplicates}
              onChange={(event) => setDuplicates(event.target.value as typeof duplicates)}
              options={[
                { value: 'skip', label: t('imports.skip') },
                { value: 'merge', label: t('imports.merge') },
              ]}
            />
          </Form.Item>
          <Form.Item label={t('retry.importPriority')} extra={t('retry.importPriorityHint')}>
            <InputNumber
              min={-100}
              max={100}
              value={priority}
              onChange={(value) => setPriority(value ?? 0)}
            />
          </Form.Item>
        </Form>
        {start.error && <ProblemAlert error={start.error} />}
        {cancel.error && <ProblemAlert error={cancel.error} />}
        <div className="line" style={{ marginTop: 8 }}>
          <ReasonButton
            type="primary"
            reason={reason()}
            loading={start.isPending}
            onClick={() =>
              mapping && start.mutate({ list_name: listName.trim(), mapping, duplicates, priority })
            }
          >
            {t('imports.start')}
          </ReasonButton>
          <Button loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {t('imports.discard')}
          </Button>
        </div>
      </Card>
    </div>
  );
}
