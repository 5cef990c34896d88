// The agents of a queue, each with a level.
import { InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MemberForm } from '../../api/types';
import { useUsers } from '../campaigns/queries';

interface Props {
  value?: MemberForm[];
  onChange?: (members: MemberForm[]) => void;
  withLevels: boolean;
}

/** Who, and, where the strategy asks for it, how good. */
export function MembersField({ value = [], onChange, withLevels }: Props) {
  const { t } = useTranslation();
  const users = useUsers();
  // Somebody deactivated stays in the list, so that the name is shown and can be taken out.
  const agents = users.data?.items.filter((user) => user.extension) ?? [];
  const name = (id: number) => agents.find((user) => user.id === id)?.display_name ?? `#${id}`;

  function choose(ids: number[]) {
    const before = new Map(value.map((member) => [member.user_id, member]));
    onChange?.(ids.map((id) => before.get(id) ?? { user_id: id, level: 1 }));
  }
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Select
        mode="multiple"
        loading={users.isPending}
        value={value.map((member) => member.user_id)}
        onChange={choose}
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('queues.members')}
        options={agents.map((user) => ({
          value: user.id,
          disabled: !user.active,
          label: `${user.display_name} (${user.extension ?? ''})`,
        }))}
      />
      {withLevels && value.length > 0 && (
        <div className="line" style={{ flexWrap: 'wrap' }}>
          {value.map((member) => (
            <span key={member.user_id} className="line" style={{ marginRight: 12 }}>
              {name(member.user_id)}
              <InputNumber
                min={1}
                max={9}
                size="small"
                style={{ width: 56 }}
                value={member.level ?? 1}
                aria-label={`${t('queues.level')} ${name(member.user_id)}`}
                onChange={(level) =>
                  onChange?.(
                    value.map((each) =>
                      each.user_id === member.user_id ? { ...each, level: level ?? 1 } : each,
                    ),
                  )
                }
              />
            </span>
          ))}
          <span className="quiet">{t('queues.levelHint')}</span>
        </div>
      )}
    </div>
  );
}
