import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { count } from '../../lib/words';
import { LinkDialog } from '../products/LinkDialog';
import type { Check, Plan } from './operations';

/** Everything that stands in the way, at once, each with its way out. */
export function Obstacles({ plan, onMended }: { plan: Plan; onMended: () => void }) {
  return (
    <Alert
      color="red"
      icon={<IconAlertCircle size={20} />}
      title={`${count(plan.checks.length, 'thing stands', 'things stand')} in the way`}
      role="alert"
      data-testid="plan-problems"
    >
      <List listStyleType="none" spacing="md" styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}>
        {plan.checks.map((check, index) => (
          <List.Item key={index} data-testid="plan-problem" data-code={check.code}>
            <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
              <Stack gap={0}>
                <Text size="sm" fw={600}>
                  {check.title}
                </Text>
                <Text size="sm">{withoutTitle(check)}</Text>
                <Text size="sm" c="dimmed">
                  {check.help}
                </Text>
              </Stack>
              <WayOut check={check} plan={plan} onMended={onMended} />
            </Group>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** The title is not said twice. */
export function withoutTitle({ title, message }: { title: string; message: string }): string {
  const rest = message.startsWith(`${title}: `) ? message.slice(title.length + 2) : message;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** The page or dialog that mends it. */
function WayOut({ check, plan, onMended }: { check: Check; plan: Plan; onMended: () => void }) {
  const { record } = check;
  switch (check.code) {
    case 'PRODUCT_NOT_LINKED':
      return record?.__typename === 'Product' ? <LinkNow product={record} onMended={onMended} /> : null;
    case 'ACCOUNT_NOT_CONFIGURED':
    case 'ACCOUNT_INVALID':
    case 'ACCOUNT_SAME_AS_ASSET':
      return <Go to={`/exports/settings/${plan.integration.id}`}>Choose accounts</Go>;
    case 'CONNECTION_EXPIRED':
    case 'INVALID_STATE':
    case 'UNSUPPORTED_BY_PROVIDER':
    case 'CURRENCY_MISMATCH':
      return <Go to="/integrations">Integrations</Go>;
    case 'ITEM_INACTIVE':
      return <Go to="/sync">Sync items</Go>;
    case 'ITEM_TYPE_NOT_ADJUSTABLE':
      return <Go to="/products">Products</Go>;
    default:
      return null;
  }
}

function Go({ to, children }: { to: string; children: string }) {
  return (
    <Button component={Link} to={to} size="xs" variant="default" style={{ flexShrink: 0 }} data-testid="way-out">
      {children}
    </Button>
  );
}

function LinkNow({
  product,
  onMended,
}: {
  product: { id: string; name: string; sku?: string | null };
  onMended: () => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        size="xs"
        variant="default"
        permission="LINK_PRODUCTS"
        style={{ flexShrink: 0 }}
        onClick={() => setOpen(true)}
        aria-label={`Link ${product.name}`}
        data-testid="way-out"
      >
        Link it
      </ActionButton>
      {open && (
        <LinkDialog
          product={product}
          onClose={() => {
            setOpen(false);
            onMended();
          }}
        />
      )}
    </>
  );
}
