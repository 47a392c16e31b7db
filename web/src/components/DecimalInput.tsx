import { Text, TextInput, type TextInputProps } from '@mantine/core';
import { isDecimal } from '../lib/exact';

interface Props extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string;
  onText: (text: string) => void;
  unit?: string | null;
}

/** A number that stays the text it was typed as: a number input would round it. */
export function DecimalInput({ value, onText, unit, error, ...rest }: Props) {
  const wrong = value.trim() !== '' && !isDecimal(value);
  return (
    <TextInput
      inputMode="decimal"
      autoComplete="off"
      value={value}
      onChange={(event) => onText(event.currentTarget.value)}
      rightSection={
        unit ? (
          <Text size="xs" c="dimmed" truncate>
            {unit}
          </Text>
        ) : undefined
      }
      error={wrong ? 'Write digits and a point, like 12.5.' : error}
      {...rest}
    />
  );
}
