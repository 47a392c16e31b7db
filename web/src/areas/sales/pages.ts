/** The pages of sales, loaded together and apart from the rest. */
export { ChannelsPage } from './ChannelsPage';
export { IssuesPage } from './IssuesPage';
export { NewSalePage } from './NewSalePage';
export { SalePage } from './SalePage';
export { SalesFrame } from './SalesFrame';
export { SalesList } from './SalesList';
