// A button that, when it cannot be pressed, says why; and otherwise, if it has
// one, which key does the same.
import { Button, Tooltip, type ButtonProps } from 'antd';

interface Props extends ButtonProps {
  /** Why it cannot be pressed; absent when it can. */
  reason?: string | undefined;
  /** The key that does the same, shown in a tip. */
  hotkey?: string;
}

/** A button disabled with its reason. */
export function ReasonButton({ reason, hotkey, ...button }: Props) {
  const known = reason ?? hotkey;
  if (known === undefined) return <Button {...button} />;
  return (
    <Tooltip title={known}>
      {/* A disabled button gets no pointer events: the wrapper carries the tip. */}
      <span style={{ display: button.block ? 'block' : 'inline-block' }}>
        <Button {...button} disabled={reason !== undefined || button.disabled} />
      </span>
    </Tooltip>
  );
}
