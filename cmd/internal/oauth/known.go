package oauth

const (
	entraSecrets = "Entra admin centre, App registrations, the app, Certificates & secrets"
	entraConsent = "Entra admin centre, App registrations, the app, API permissions, Grant admin consent"
	delegation   = "Google Admin console, Security, API controls, Domain-wide delegation"
)

// known are the refusals whose missing step we know, the most exact first. says
// is a part of the provider's description, in small letters, "" for any. SCOPE
// stands for the scope that was asked for. The
// codes are those of learn.microsoft.com/entra/identity-platform/reference-error-codes
// and developers.google.com/identity/protocols/oauth2/service-account.
var known = []struct {
	provider         Provider
	code, says, step string
}{
	{Microsoft, "AADSTS7000215", "", "the client secret is wrong: it must be the secret's Value, not its Secret ID; make a new one if the Value was not noted (" + entraSecrets + ")"},
	{Microsoft, "AADSTS7000222", "", "the client secret has expired: make a new one (" + entraSecrets + "), replace the old one, and note its end in secret_expires"},
	{Microsoft, "AADSTS7000216", "", "no client secret was sent: put the secret's Value in place (" + entraSecrets + ")"},
	{Microsoft, "AADSTS700016", "", "this tenant knows no such application: compare client_id with the Application (client) ID and tenant with the Directory (tenant) ID on the app's overview page"},
	{Microsoft, "AADSTS7000112", "", "the application is switched off: Entra admin centre, Enterprise applications, the app, Properties, Enabled for users to sign in"},
	{Microsoft, "AADSTS90002", "", "no such tenant: compare tenant with the Directory (tenant) ID on the app's overview page, and with the cloud that token_url belongs to"},
	{Microsoft, "AADSTS900023", "", "tenant is neither a directory id nor a domain: copy the Directory (tenant) ID from the app's overview page"},
	{Microsoft, "AADSTS900382", "", "the tenant is in another cloud: set token_url and scope for it"},
	{Microsoft, "AADSTS50034", "", "the account does not exist in this tenant: compare user with the user principal name, and tenant with its directory"},
	{Microsoft, "AADSTS65001", "", "nobody has consented: an administrator must grant the application's permissions (" + entraConsent + ")"},
	{Microsoft, "AADSTS501051", "", "the application has no permission for this: add it as an application permission, then consent (" + entraConsent + ")"},
	{Microsoft, "AADSTS500011", "", "the tenant does not know what scope names: leave scope out, or set the one of its cloud"},
	{Microsoft, "AADSTS70011", "", "scope is not valid: leave it out, or set the one of the tenant's cloud; it ends in /.default"},
	{Microsoft, "AADSTS1002012", "", "scope is not valid: leave it out, or set the one of the tenant's cloud; it ends in /.default"},
	{Microsoft, "AADSTS53003", "", "a Conditional Access policy blocks the application: exclude it, or allow this machine's address (Entra admin centre, Protection, Conditional Access)"},
	{Microsoft, "AADSTS530035", "", "security defaults block the application: see Entra admin centre, Overview, Properties, Security defaults"},
	{Microsoft, "invalid_client", "", "the client secret or client_id is wrong (" + entraSecrets + ")"},
	{Microsoft, "unauthorized_client", "", "the application may not ask for tokens by itself: check that client_id belongs to this tenant, then " + entraConsent},
	{Microsoft, "invalid_scope", "", "scope is not valid: leave it out, or set the one of the tenant's cloud; it ends in /.default"},

	{Google, "unauthorized_client", "", "the service account may not stand in for this user: add its Client ID (the number, not the address) with the scope SCOPE (" + delegation + "); a new entry may take a day"},
	{Google, "access_denied", "", "the scope is not delegated to the service account: add SCOPE to its entry (" + delegation + ")"},
	{Google, "admin_policy_enforced", "", "the organisation's policy forbids this: trust the service account's client in Google Admin console, Security, API controls, App access control"},
	{Google, "org_internal", "", "the application is limited to another organisation: make the service account in the user's own organisation"},
	{Google, "invalid_grant", "invalid email or user id", "Google knows no such user: compare user with the primary address in the Google Admin console; it must be a user, not a group or an alias"},
	{Google, "invalid_grant", "account not found", "Google knows no such service account: it was deleted, or the JSON key is not its own; make a new key"},
	{Google, "invalid_grant", "signature", "the key was deleted or is not this service account's: make a new JSON key in the Google Cloud console and put it in place"},
	{Google, "invalid_grant", "timeframe", "this machine's clock is wrong: set it right (chronyc tracking)"},
	{Google, "invalid_grant", "disabled", "the user or the service account is suspended: restore it in the Google Admin console or the Google Cloud console"},
	{Google, "invalid_grant", "", "the key is not accepted: make a new JSON key, check that the user exists, and that this machine's clock is right"},
	{Google, "invalid_client", "", "the service account does not exist any more: make a new one with a JSON key, and delegate to it (" + delegation + ")"},
	{Google, "deleted_client", "", "the service account was deleted: restore it within 30 days, or make a new one with a JSON key, and delegate to it (" + delegation + ")"},
	{Google, "disabled_client", "", "the service account is switched off: Google Cloud console, IAM & Admin, Service Accounts, Enable"},
	{Google, "invalid_scope", "", "scope is not valid: it is SCOPE now; leave it out of the configuration"},
}
