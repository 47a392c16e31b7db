import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText } from '../../components/Amounts';
import type { MarginTrouble } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { count } from '../../lib/words';
import { ExplainMarginQuery, MARGIN_TYPES, type Cause } from './operations';
import { explainInputOf, explainPlace, type Report } from './report';

const FIRST = 3;
const TITLES: Record<MarginTrouble, string> = {
  MISSING: 'Cost not known',
  ZERO: 'Cost is zero',
  ESTIMATED: 'Cost is assumed',
};

/** Above a report: which costs may not be taken at face value, and what to do. */
export function CausesNotice({ report }: { report: Report }) {
  const place = explainPlace(report);
  const input = explainInputOf(new URLSearchParams(place.split('?')[1]));
  const query = useLiveQuery(
    ExplainMarginQuery,
    { input: input ?? { from: report.from, to: report.to } },
    { types: MARGIN_TYPES },
  );
  const causes = query.data?.explainMargin.causes ?? [];
  if (causes.length === 0) return null;
  const serious = causes.some((each) => each.trouble !== 'ESTIMATED');
  return (
    <Alert
      color={serious ? 'orange' : 'yellow'}
      icon={<IconAlertTriangle size={20} />}
      title={serious ? 'Some margins look better than they are' : 'Some costs are assumed'}
      data-testid="margin-causes"
      data-count={causes.length}
    >
      <Stack gap="sm">
        <CauseList causes={causes.slice(0, FIRST)} />
        {causes.length > FIRST && (
          <Anchor component={Link} to={place} size="sm" c="var(--link-color)" underline="always">
            All {count(causes.length, 'product')} with such costs
          </Anchor>
        )}
      </Stack>
    </Alert>
  );
}

/** Why costs are missing, zero or assumed, each with its way out. */
export function CauseList({ causes }: { causes: readonly Cause[] }) {
  return (
    <List listStyleType="none" spacing="sm">
      {causes.map((cause) => (
        <List.Item
          key={`${cause.product.id} ${cause.trouble}`}
          data-testid="margin-cause"
          data-trouble={cause.trouble}
          data-product={cause.product.name}
        >
          <Text size="sm">
            <b>{TITLES[cause.trouble]}</b>, <MoneyText money={cause.revenue} /> of revenue in{' '}
            {count(cause.lines, 'line')}: {cause.message}
          </Text>
          <Text size="sm" c="dimmed">
            {cause.help}
          </Text>
          <Group gap="xs" mt={4}>
            {(cause.trouble === 'MISSING' || !isZero(cause.shortQuantity)) && (
              <Button
                component={Link}
                to={`/builds/new?product=${cause.product.id}`}
                size="compact-xs"
                variant="default"
                data-testid="cause-build"
              >
                Record a build
              </Button>
            )}
            <Button
              component={Link}
              to={`/products/${cause.product.id}`}
              size="compact-xs"
              variant="default"
              data-testid="cause-product"
            >
              {cause.trouble === 'ESTIMATED' && !isZero(cause.shortQuantity)
                ? `Settle ${cause.product.name}`
                : `Lots of ${cause.product.name}`}
            </Button>
          </Group>
        </List.Item>
      ))}
    </List>
  );
}
