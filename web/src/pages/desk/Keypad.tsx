// Keys for the customer's side, clicked or typed. What is pressed while a send
// is under way is sent with the next one, so that fast fingers lose nothing.
import { TableOutlined } from '@ant-design/icons';
import { Button, Input, Popover } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ReasonButton } from '../../parts/ReasonButton';
import { useDeskCommand } from './commands';

const KEYS = [...'123456789*0#'];
const KEYS_MAX = 32;

function Pad() {
  const { t } = useTranslation();
  const command = useDeskCommand();
  const [typed, setTyped] = useState('');
  const waiting = useRef('');
  const sending = useRef(false);

  async function send() {
    if (sending.current) return;
    sending.current = true;
    try {
      while (waiting.current !== '') {
        const keys = waiting.current.slice(0, KEYS_MAX);
        waiting.current = waiting.current.slice(keys.length);
        await command.mutateAsync({ do: 'send_keys', keys });
      }
    } catch {
      // Reported by the command; what waits behind a refused key is of no use.
      waiting.current = '';
    } finally {
      sending.current = false;
    }
  }
  function press(key: string) {
    setTyped((before) => before + key);
    waiting.current += key;
    void send();
  }
  function onKeyDown(event: KeyboardEvent) {
    const key = event.key.toUpperCase();
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#A-D]$/.test(key)) return;
    event.preventDefault();
    press(key);
  }
  return (
    <div className="keypad" onKeyDown={onKeyDown}>
      <Input
        autoFocus
        readOnly
        value={typed}
        placeholder={t('desk.keypad.hint')}
        aria-label={t('desk.keypad.sent')}
        suffix={
          typed && (
            <Button size="small" type="text" onClick={() => setTyped('')}>
              {t('desk.keypad.clear')}
            </Button>
          )
        }
      />
      <div className="keys">
        {KEYS.map((key) => (
          <Button key={key} size="large" onClick={() => press(key)}>
            {key}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** The button and its pop-over. */
export function Keypad({ reason, running }: { reason: string | undefined; running: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  // A key under way keeps the pad open; anything else that forbids keys closes it.
  const usable = reason === undefined || running;
  return (
    <Popover
      trigger="click"
      placement="bottom"
      open={open && usable}
      onOpenChange={(wanted) => setOpen(wanted && usable)}
      destroyOnHidden
      content={<Pad />}
    >
      <span>
        <ReasonButton icon={<TableOutlined />} reason={usable ? undefined : reason}>
          {t('desk.control.keypad')}
        </ReasonButton>
      </span>
    </Popover>
  );
}
