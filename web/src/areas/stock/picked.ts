/** A product as pickers and draft lines hold it. */
export interface Picked {
  id: string;
  name: string;
  sku?: string | null;
  unit?: string | null;
}

export function pickedName({ name, sku }: Picked): string {
  return sku ? `${name} (${sku})` : name;
}
