// Creating and changing a pool of caller IDs. The server checks; its messages appear
// at the fields they are about.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Modal, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CallerIdPoolView, PoolNumberForm } from '../../../api/types';
import { showFieldProblems } from '../../../parts/form';
import { ProblemAlert } from '../../../parts/Problem';
import { useNumberPlaces, useSavePool } from './queries';
import { regionOf, textOf } from './regions';

type NumberFields = Omit<PoolNumberForm, 'regions'> & { regions: string[] };

interface PoolFields {
  name: string;
  numbers: NumberFields[];
}

const NEW_NUMBER: NumberFields = {
  number: '',
  regions: [],
  enabled: true,
  hour_max: 0,
  day_max: 0,
};

function fieldsOf(pool: CallerIdPoolView): PoolFields {
  const numbers = pool.numbers.map((each) => ({
    number: each.number,
    regions: (each.regions ?? []).map(textOf),
    enabled: each.enabled ?? true,
    hour_max: each.hour_max ?? 0,
    day_max: each.day_max ?? 0,
  }));
  return { name: pool.name, numbers };
}

/** Provinces, then their cities; a prefix is typed in. */
function RegionsSelect({
  value,
  onChange,
}: {
  value?: string[];
  onChange?: (v: string[]) => void;
}) {
  const { t } = useTranslation();
  const places = useNumberPlaces();
  const options = places.data?.items.flatMap(({ province, cities }) => [
    province,
    ...cities.map((city) => `${province}/${city}`),
  ]);
  return (
    <Select
      mode="tags"
      value={value}
      onChange={onChange}
      loading={places.isPending}
      placeholder={t('callerIds.everybody')}
      options={options?.map((text) => ({ value: text, label: text }))}
      maxTagCount="responsive"
      style={{ width: '100%' }}
    />
  );
}

function NumberRow({ at, onRemove }: { at: number; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="pool-number">
      <Form.Item name={[at, 'number']} rules={[{ required: true }]}>
        <Input inputMode="tel" maxLength={20} aria-label={t('callerIds.number')} />
      </Form.Item>
      <Form.Item name={[at, 'regions']}>
        <RegionsSelect />
      </Form.Item>
      <Form.Item name={[at, 'hour_max']}>
        <InputNumber min={0} precision={0} aria-label={t('callerIds.hourMax')} />
      </Form.Item>
      <Form.Item name={[at, 'day_max']}>
        <InputNumber min={0} precision={0} aria-label={t('callerIds.dayMax')} />
      </Form.Item>
      <Form.Item name={[at, 'enabled']} valuePropName="checked">
        <Switch size="small" aria-label={t('callerIds.enabled')} />
      </Form.Item>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={t('callerIds.remove')}
        onClick={onRemove}
      />
    </div>
  );
}

/** The dialog; without a pool it makes a new one. */
export function PoolDialog({ pool, onClose }: { pool?: CallerIdPoolView; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<PoolFields>();
  const save = useSavePool(pool?.id);

  function submit({ name, numbers }: PoolFields) {
    const body = numbers.map((each) => ({ ...each, regions: each.regions.map(regionOf) }));
    save.mutate(
      { name, numbers: body },
      { onSuccess: onClose, onError: (error) => showFieldProblems(form, error) },
    );
  }
  return (
    <Modal
      open
      width={920}
      title={pool ? t('callerIds.edit') : t('callerIds.create')}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={pool ? fieldsOf(pool) : { numbers: [NEW_NUMBER] }}
        onFinish={submit}
      >
        <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
          <Input maxLength={100} />
        </Form.Item>
        <div className="pool-number quiet">
          <span>{t('callerIds.number')}</span>
          <span>{t('callerIds.regions')}</span>
          <span>{t('callerIds.hourMax')}</span>
          <span>{t('callerIds.dayMax')}</span>
          <span>{t('callerIds.enabled')}</span>
        </div>
        <Form.List name="numbers">
          {(rows, { add, remove }, { errors }) => (
            <>
              {rows.map((row) => (
                <NumberRow key={row.key} at={row.name} onRemove={() => remove(row.name)} />
              ))}
              <Button
                type="dashed"
                icon={<PlusOutlined />}
                onClick={() => add({ ...NEW_NUMBER })}
                block
              >
                {t('callerIds.add')}
              </Button>
              <Form.ErrorList errors={errors} />
            </>
          )}
        </Form.List>
        <p className="quiet">{t('callerIds.hint')}</p>
        {save.error && <ProblemAlert error={save.error} />}
      </Form>
    </Modal>
  );
}
