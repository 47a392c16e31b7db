//! Types and subtypes of accounts (reference 9.2).
//!
//! Rule: a subtype belongs to one type; a type has one classification and one subtype that it takes by default.

/// A type: its name, its classification, its subtypes with the default one first.
struct AccountType {
    name: &'static str,
    classification: &'static str,
    subtypes: &'static [&'static str],
}

const TYPES: [AccountType; 15] = [
    AccountType {
        name: "Bank",
        classification: "Asset",
        subtypes: &["CashOnHand", "Checking", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts"],
    },
    AccountType { name: "Accounts Receivable", classification: "Asset", subtypes: &["AccountsReceivable"] },
    AccountType {
        name: "Other Current Asset",
        classification: "Asset",
        subtypes: &[
            "EmployeeCashAdvances",
            "AllowanceForBadDebts",
            "DevelopmentCosts",
            "Inventory",
            "LoansToOfficers",
            "LoansToOthers",
            "LoansToStockholders",
            "OtherCurrentAssets",
            "PrepaidExpenses",
            "Retainage",
            "UndepositedFunds",
        ],
    },
    AccountType {
        name: "Fixed Asset",
        classification: "Asset",
        subtypes: &[
            "FurnitureAndFixtures",
            "AccumulatedAmortization",
            "AccumulatedDepletion",
            "AccumulatedDepreciation",
            "Buildings",
            "DepletableAssets",
            "FixedAssetComputers",
            "IntangibleAssets",
            "Land",
            "LeaseholdImprovements",
            "MachineryAndEquipment",
            "OtherFixedAssets",
            "Vehicles",
        ],
    },
    AccountType {
        name: "Other Asset",
        classification: "Asset",
        subtypes: &[
            "Licenses",
            "Goodwill",
            "LeaseBuyout",
            "OrganizationalCosts",
            "OtherLongTermAssets",
            "SecurityDeposits",
        ],
    },
    AccountType { name: "Accounts Payable", classification: "Liability", subtypes: &["AccountsPayable"] },
    AccountType { name: "Credit Card", classification: "Liability", subtypes: &["CreditCard"] },
    AccountType {
        name: "Other Current Liability",
        classification: "Liability",
        subtypes: &[
            "OtherCurrentLiabilities",
            "DirectDepositPayable",
            "FederalIncomeTaxPayable",
            "InsurancePayable",
            "LineOfCredit",
            "LoanPayable",
            "PayrollClearing",
            "PayrollTaxPayable",
            "PrepaidExpensesPayable",
            "SalesTaxPayable",
            "StateLocalIncomeTaxPayable",
        ],
    },
    AccountType {
        name: "Long Term Liability",
        classification: "Liability",
        subtypes: &["NotesPayable", "OtherLongTermLiabilities", "ShareholderNotesPayable"],
    },
    AccountType {
        name: "Equity",
        classification: "Equity",
        subtypes: &[
            "OpeningBalanceEquity",
            "AccumulatedAdjustment",
            "CommonStock",
            "EstimatedTaxes",
            "OwnersEquity",
            "PaidInCapitalOrSurplus",
            "PartnerContributions",
            "PartnerDistributions",
            "PartnersEquity",
            "PreferredStock",
            "RetainedEarnings",
            "TreasuryStock",
        ],
    },
    AccountType {
        name: "Income",
        classification: "Revenue",
        subtypes: &[
            "SalesOfProductIncome",
            "DiscountsRefundsGiven",
            "NonProfitIncome",
            "OtherPrimaryIncome",
            "ServiceFeeIncome",
            "UnappliedCashPaymentIncome",
        ],
    },
    AccountType {
        name: "Other Income",
        classification: "Revenue",
        subtypes: &[
            "OtherInvestmentIncome",
            "DividendIncome",
            "InterestEarned",
            "OtherMiscellaneousIncome",
            "TaxExemptInterest",
        ],
    },
    AccountType {
        name: "Expense",
        classification: "Expense",
        subtypes: &[
            "Travel",
            "AdvertisingPromotional",
            "Auto",
            "BadDebts",
            "BankCharges",
            "CharitableContributions",
            "CommissionsAndFees",
            "CostOfLabor",
            "DuesSubscriptions",
            "Entertainment",
            "EntertainmentMeals",
            "EquipmentRental",
            "FinanceCosts",
            "Insurance",
            "InterestPaid",
            "LegalProfessionalFees",
            "OfficeExpenses",
            "OfficeGeneralAdministrativeExpenses",
            "OtherBusinessExpenses",
            "OtherMiscellaneousServiceCost",
            "PayrollExpenses",
            "PromotionalMeals",
            "RentOrLeaseOfBuildings",
            "RepairMaintenance",
            "ShippingFreightDelivery",
            "SuppliesMaterials",
            "TaxesPaid",
            "TravelMeals",
            "UnappliedCashBillPaymentExpense",
            "Utilities",
        ],
    },
    AccountType {
        name: "Other Expense",
        classification: "Expense",
        subtypes: &[
            "OtherMiscellaneousExpense",
            "Amortization",
            "Depreciation",
            "ExchangeGainOrLoss",
            "GasAndFuel",
            "HomeOffice",
            "PenaltiesSettlements",
            "Vehicle",
        ],
    },
    AccountType {
        name: "Cost of Goods Sold",
        classification: "Expense",
        subtypes: &[
            "SuppliesMaterialsCogs",
            "CostOfLaborCos",
            "EquipmentRentalCos",
            "FreightAndDeliveryCost",
            "OtherCostsOfServiceCos",
            "ShippingFreightDeliveryCos",
        ],
    },
];

fn by_name(name: &str) -> Option<&'static AccountType> {
    TYPES.iter().find(|kind| kind.name == name)
}

/// The classification of a type.
pub(super) fn classification(name: &str) -> Option<&'static str> {
    by_name(name).map(|kind| kind.classification)
}

/// The subtype that a type takes by default; `None` for an unknown type.
pub(super) fn default_subtype(name: &str) -> Option<&'static str> {
    by_name(name)?.subtypes.first().copied()
}

/// The type that a subtype belongs to; `None` for an unknown subtype.
pub(super) fn type_of_subtype(subtype: &str) -> Option<&'static str> {
    TYPES.iter().find(|kind| kind.subtypes.contains(&subtype)).map(|kind| kind.name)
}
