import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { SalesDocumentType } from '../../graphql/generated/graphql';
import { saleName } from './naming';

interface Props {
  issue: {
    documentType: SalesDocumentType;
    number?: string | null;
    externalId?: string;
    sale?: { id: string } | null;
  };
}

/** The sale that an issue is about; one that could not be recorded at all has no page. */
export function SaleLink({ issue }: Props) {
  const name = saleName(issue);
  if (!issue.sale) {
    return (
      <Text span size="sm" fw={540}>
        {name}
      </Text>
    );
  }
  return (
    <Anchor component={Link} to={`/sales/${issue.sale.id}`} size="sm" fw={540} c="var(--link-color)">
      {name}
    </Anchor>
  );
}
