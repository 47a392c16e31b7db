import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';
import type { Permission } from '../graphql/generated/graphql';
import { useRefusal } from '../session/viewer';

type Props = ButtonProps &
  Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> & {
    permission?: Permission;
    /** Why the action is closed right now; empty or null when it is open. */
    unavailable?: string | null;
  };

/** A button that, when it is closed, says why: it stays focusable so that the reason reaches keyboards and screen readers. */
export function ActionButton({ permission, unavailable, onClick, type = 'button', ...rest }: Props) {
  const refusal = useRefusal(permission);
  const reason = refusal ?? unavailable ?? null;
  if (!reason) return <Button type={type} onClick={onClick} {...rest} />;
  return (
    <Tooltip label={reason} multiline maw={300} withArrow events={{ hover: true, focus: true, touch: true }}>
      <Button
        type="button"
        {...rest}
        data-disabled
        aria-disabled="true"
        aria-description={reason}
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  );
}
