import { ActionIcon, Anchor, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight, type Icon } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './Tree.module.css';

interface Props {
  icon: Icon;
  label: string;
  to?: string;
  note?: ReactNode;
  quantity?: ReactNode;
  value?: ReactNode;
  root?: boolean;
  kind: string;
  /** Open from the start. */
  open?: boolean;
  /** What is inside; nothing: a leaf. Made only while the node is open. */
  inside?: () => ReactNode;
}

export function Tree({ label, testId, children }: { label: string; testId: string; children: ReactNode }) {
  return (
    <ul className={classes.tree} aria-label={label} data-testid={testId}>
      {children}
    </ul>
  );
}

/** A node that opens: a list item with a button, so that keyboards and screen readers meet plain nested lists. */
export function TreeNode({ icon: IconComponent, label, to, note, quantity, value, root, kind, open, inside }: Props) {
  const [shown, setShown] = useState(open ?? false);
  const id = useId();
  const Chevron = shown ? IconChevronDown : IconChevronRight;
  return (
    <li data-testid="tree-node" data-kind={kind}>
      <div className={classes.node} data-root={root || undefined}>
        {inside ? (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-expanded={shown}
            aria-controls={shown ? id : undefined}
            aria-label={`${shown ? 'Close' : 'Open'} ${label}`}
            onClick={() => setShown(!shown)}
            data-testid="tree-toggle"
          >
            <Chevron size={16} />
          </ActionIcon>
        ) : (
          <span className={classes.mark} aria-hidden>
            <IconComponent size={16} />
          </span>
        )}
        <div>
          <Text size="sm" fw={root ? 640 : 540}>
            {to && !root ? (
              <Anchor component={Link} to={to} inherit c="var(--link-color)">
                {label}
              </Anchor>
            ) : (
              label
            )}
          </Text>
          {note && (
            <Text size="xs" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </div>
        <Text size="sm" component="div" className={classes.number} data-testid="tree-quantity">
          {quantity}
        </Text>
        <Text size="sm" component="div" className={classes.number} fw={root ? 640 : undefined} data-testid="tree-value">
          {value}
        </Text>
      </div>
      {shown && inside && <ul id={id}>{inside()}</ul>}
    </li>
  );
}
