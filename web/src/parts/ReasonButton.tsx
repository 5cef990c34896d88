// A button that, when it cannot be pressed, says why.
import { Button, Tooltip, type ButtonProps } from 'antd';

interface Props extends ButtonProps {
  /** Why it cannot be pressed; absent when it can. */
  reason?: string | undefined;
}

/** A button disabled with its reason. */
export function ReasonButton({ reason, ...button }: Props) {
  if (!reason) return <Button {...button} />;
  return (
    <Tooltip title={reason}>
      {/* A disabled button gets no pointer events: the wrapper carries the tip. */}
      <span style={{ display: button.block ? 'block' : 'inline-block' }}>
        <Button {...button} disabled />
      </span>
    </Tooltip>
  );
}
