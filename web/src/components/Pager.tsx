import { Button, Group, Select, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { neighbours, PAGE_SIZES, type Paging } from './paging';

interface Props {
  /** What is paged, for those who hear the page. */
  label: string;
  paging: Paging;
  info: Parameters<typeof neighbours>[1];
  shown: number;
  loading?: boolean;
  /** The total, or a button that asks for it: counting is work, so it is done only when wanted. */
  total?: ReactNode;
}

export function Pager({ label, paging, info, shown, loading = false, total }: Props) {
  const open = neighbours(paging.place, info);
  return (
    <Group justify="space-between" gap="sm" component="nav" aria-label={`Pages of ${label}`}>
      <Group gap="xs">
        <Text size="sm" c="dimmed" aria-live="polite">
          {shown.toLocaleString()} shown
        </Text>
        {total}
      </Group>
      <Group gap="xs">
        <Select
          size="xs"
          w={112}
          aria-label="Rows per page"
          allowDeselect={false}
          data={PAGE_SIZES.map((size) => ({ value: String(size), label: `${size} rows` }))}
          value={String(paging.size)}
          onChange={(value) => value && paging.setSize(Number(value))}
          data-testid="page-size"
        />
        <Button
          size="xs"
          variant="default"
          disabled={!open.previous || loading}
          onClick={() => paging.previous(info)}
          leftSection={<IconChevronLeft size={14} />}
          data-testid="previous-page"
        >
          Previous
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={!open.next || loading}
          onClick={() => paging.next(info)}
          rightSection={<IconChevronRight size={14} />}
          data-testid="next-page"
        >
          Next
        </Button>
      </Group>
    </Group>
  );
}
