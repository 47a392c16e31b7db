import { Group } from '@mantine/core';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { SelectCompanyMutation, type Integration } from './operations';

/** One button per company that the consent covers. */
export function CompanyPicker({ integration }: { integration: Integration }) {
  const select = useAction(SelectCompanyMutation, (data) => data.selectCompany);
  return (
    <>
      <Group gap="xs" role="group" aria-label="Companies">
        {integration.companyChoices.map((company) => (
          <ActionButton
            key={company.externalId}
            variant="light"
            permission="MANAGE_CONNECTIONS"
            loading={select.busy}
            onClick={() => void select.run({ integrationId: integration.id, companyExternalId: company.externalId })}
            data-testid="company-choice"
          >
            {company.name}
          </ActionButton>
        ))}
      </Group>
      <ProblemAlert problem={select.problem} onClose={select.clear} />
    </>
  );
}
