//! Which role may do what by default, and what an override changes (`design/api.md`, "Who may do what").

use std::collections::BTreeSet;

use entity::Role;
use serde_json::Value;

use super::model::Permission;

/// Permissions of a role as it comes.
pub fn defaults(role: Role) -> BTreeSet<Permission> {
    Permission::ALL.into_iter().filter(|permission| allowed(role, *permission)).collect()
}

fn allowed(role: Role, permission: Permission) -> bool {
    match role {
        Role::Owner | Role::Admin => true,
        Role::Accountant => !matches!(permission, Permission::ManageConnections | Permission::ApproveBuilds),
        Role::Builder => matches!(permission, Permission::ReadCatalog | Permission::ManageStock),
    }
}

/// Permissions in force: the defaults, changed by a member's overrides. The owner's cannot be reduced.
pub fn effective(role: Role, overrides: Option<&Value>) -> BTreeSet<Permission> {
    let mut permissions = defaults(role);
    let Some(Value::Object(overrides)) = overrides else { return permissions };
    for permission in Permission::ALL {
        match overrides.get(permission.as_str()).and_then(Value::as_bool) {
            Some(true) => {
                permissions.insert(permission);
            }
            Some(false) if role != Role::Owner => {
                permissions.remove(&permission);
            }
            _ => {}
        }
    }
    permissions
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_of_the_api_page_holds() {
        assert_eq!(defaults(Role::Owner).len(), Permission::ALL.len());
        assert_eq!(defaults(Role::Admin), defaults(Role::Owner));
        let accountant: BTreeSet<_> = defaults(Role::Owner).difference(&defaults(Role::Accountant)).copied().collect();
        assert_eq!(accountant, BTreeSet::from([Permission::ManageConnections, Permission::ApproveBuilds]));
        let builder = BTreeSet::from([Permission::ReadCatalog, Permission::ManageStock]);
        assert_eq!(defaults(Role::Builder), builder);
    }

    #[test]
    fn overrides_add_and_remove_but_never_reduce_the_owner() {
        let overrides = json!({"VIEW_SYNC_LOG": true, "MANAGE_STOCK": false});
        let builder = effective(Role::Builder, Some(&overrides));
        assert!(builder.contains(&Permission::ViewSyncLog) && !builder.contains(&Permission::ManageStock));
        assert_eq!(effective(Role::Owner, Some(&overrides)), defaults(Role::Owner));
    }
}
