import { Autocomplete, Badge, Button, CloseButton, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import type { LogFilterValues } from './filter';

interface Props {
  values: LogFilterValues;
  active: number;
  operations: readonly string[];
  onChange: (changes: Partial<LogFilterValues>) => void;
  onClear: () => void;
}

export function LogFilters({ values, active, operations, onChange, onClear }: Props) {
  return (
    <Group gap="sm" align="flex-end">
      <Select
        label="Outcome"
        w={130}
        clearable
        placeholder="All"
        data={[
          { value: 'OK', label: 'OK' },
          { value: 'FAILED', label: 'Failed' },
        ]}
        value={values.outcome || null}
        onChange={(value) => onChange({ outcome: value ?? '' })}
        data-testid="log-filter-outcome"
      />
      <Operation
        key={values.operation}
        value={values.operation}
        known={operations}
        onChange={(operation) => onChange({ operation })}
      />
      <Status key={`status ${values.status}`} value={values.status} onChange={(status) => onChange({ status })} />
      {values.run && (
        <Badge
          size="lg"
          variant="light"
          rightSection={
            <CloseButton size="xs" aria-label="Show the calls of every run" onClick={() => onChange({ run: '' })} />
          }
          mb={4}
          data-testid="log-filter-run"
        >
          One run
        </Badge>
      )}
      {active > 0 && (
        <Button variant="subtle" onClick={onClear} data-testid="clear-filters">
          Clear filters
        </Button>
      )}
    </Group>
  );
}

function Operation({
  value,
  known,
  onChange,
}: {
  value: string;
  known: readonly string[];
  onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  const apply = useDebouncedCallback((next: string) => onChange(next.trim()), 400);
  const change = (next: string) => {
    setText(next);
    apply(next);
  };
  return (
    <Autocomplete
      label="Operation"
      w={220}
      placeholder="All"
      data={[...known]}
      value={text}
      onChange={change}
      data-testid="log-filter-operation"
    />
  );
}

function Status({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const apply = useDebouncedCallback((next: string) => onChange(next), 400);
  const valid = text === '' || /^[1-5]\d\d$/.test(text);
  const change = (next: string) => {
    setText(next);
    if (next === '' || /^[1-5]\d\d$/.test(next)) apply(next);
  };
  return (
    <TextInput
      label="HTTP status"
      w={110}
      placeholder="All"
      inputMode="numeric"
      maxLength={3}
      value={text}
      error={!valid && text.length === 3}
      onChange={(event) => change(event.currentTarget.value.replace(/\D/g, ''))}
      data-testid="log-filter-status"
    />
  );
}
