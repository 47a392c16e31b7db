import { Anchor, List, Stack, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { CountsFieldsFragment } from '../../graphql/generated/graphql';
import { count } from '../../lib/words';

/** Why sales or lines were passed over by a sales sync, with the way out. */
export function SalesSkipped({ counts }: { counts: CountsFieldsFragment }) {
  const { skipped, linesSkipped, shortages } = counts;
  if (skipped + linesSkipped + shortages === 0) return null;
  return (
    <Stack gap="xs" data-testid="sales-skipped">
      <Title order={3} size="h5">
        What was passed over, and why
      </Title>
      <List size="sm" spacing={4}>
        {skipped > 0 && (
          <List.Item>
            <b>{count(skipped, 'document')}</b>: a draft, or voided before it was ever recorded here.
          </List.Item>
        )}
        {linesSkipped > 0 && (
          <List.Item>
            <b>{count(linesSkipped, 'line')}</b>: work, shipping or another thing that is no finished good, or an item
            without a product. The latter wait as{' '}
            <Anchor component={Link} to="/sales/issues" size="sm" c="var(--link-color)" underline="always">
              open issues
            </Anchor>
            .
          </List.Item>
        )}
        {shortages > 0 && (
          <List.Item>
            <b>{count(shortages, 'line')}</b>: more was sold than the lots held. What was not there costs the average;
            record the missing builds or receipts, then settle the shortages on the product’s page.
          </List.Item>
        )}
      </List>
    </Stack>
  );
}
