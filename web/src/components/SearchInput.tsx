import { CloseButton, TextInput, type TextInputProps } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

interface Props extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string;
  onSearch: (text: string) => void;
}

const QUIET = 300;

/** Searches when the typing pauses, not at every key. */
export function SearchInput({ value, onSearch, ...rest }: Props) {
  const [text, setText] = useState(value);
  const latest = useRef(onSearch);
  useEffect(() => {
    latest.current = onSearch;
  });

  const [applied, setApplied] = useState(value);
  if (applied !== value) {
    // changed from outside: a cleared filter, the back button
    setApplied(value);
    setText(value);
  }

  useEffect(() => {
    const wanted = text.trim();
    if (wanted === value) return;
    const timer = window.setTimeout(() => latest.current(wanted), QUIET);
    return () => window.clearTimeout(timer);
  }, [text, value]);

  const clear = text ? <CloseButton size="sm" aria-label="Clear search" onClick={() => setText('')} /> : null;
  return (
    <TextInput
      type="text"
      role="searchbox"
      leftSection={<IconSearch size={16} />}
      rightSection={clear}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      {...rest}
    />
  );
}
