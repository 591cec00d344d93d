package real

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	authnv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
)

// accounts is the namespace of the service accounts that have access.
const accounts = "default"

// AccountAccess returns a context of the given name for a service account with
// all rights, which it makes. The account has a token instead of a certificate.
func (c *Cluster) AccountAccess(ctx context.Context, name, account string) (Access, error) {
	sa := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: account}}
	if _, err := c.api.CoreV1().ServiceAccounts(accounts).Create(ctx, sa, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return Access{}, err
	}
	all := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "account-" + account},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: accounts, Name: account}},
	}
	if _, err := c.api.RbacV1().ClusterRoleBindings().Create(ctx, all, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return Access{}, err
	}
	token, err := c.newToken(ctx, account)
	return Access{Context: name, Server: c.Server(), ca: c.authority.pem(), token: token}, err
}

// newToken returns a token that is good for as long as the secret is there that
// is made for it.
func (c *Cluster) newToken(ctx context.Context, account string) (string, error) {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{GenerateName: account + "-"}}
	secret, err := c.api.CoreV1().Secrets(accounts).Create(ctx, secret, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	answer, err := c.api.CoreV1().ServiceAccounts(accounts).CreateToken(ctx, account, &authnv1.TokenRequest{Spec: authnv1.TokenRequestSpec{
		BoundObjectRef: &authnv1.BoundObjectReference{APIVersion: "v1", Kind: "Secret", Name: secret.Name, UID: secret.UID},
	}}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("get a token for %s: %w", account, err)
	}
	return answer.Status.Token, nil
}

// bearer is what a token says of the account that it is for, and of the secret
// that it lasts as long as.
type bearer struct {
	Kubernetes struct {
		Account struct{ Name string } `json:"serviceaccount"`
		Secret  struct{ Name string } `json:"secret"`
	} `json:"kubernetes.io"`
}

func parseToken(token string) (bearer, error) {
	var b bearer
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return b, fmt.Errorf("the token of a service account has 3 parts, and this one %d", len(parts))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return b, fmt.Errorf("read a token: %w", err)
	}
	if err := json.Unmarshal(claims, &b); err != nil {
		return b, fmt.Errorf("read a token: %w", err)
	}
	return b, nil
}

// RenewTokens gives all service accounts of a kubeconfig that Write has written
// other tokens, and returns how many. The old ones are refused from some
// seconds later on.
func (c *Cluster) RenewTokens(ctx context.Context, path string) (int, error) {
	config, err := clientcmd.LoadFromFile(path)
	if err != nil {
		return 0, err
	}
	var old []string // secrets
	for name, user := range config.AuthInfos {
		if user.Token == "" {
			continue
		}
		b, err := parseToken(user.Token)
		if err != nil {
			return 0, fmt.Errorf("user %s of %s: %w", name, path, err)
		}
		if user.Token, err = c.newToken(ctx, b.Kubernetes.Account.Name); err != nil {
			return 0, err
		}
		old = append(old, b.Kubernetes.Secret.Name)
	}
	if err := replaceConfig(path, config); err != nil {
		return 0, err
	}
	for _, secret := range old {
		if err := c.api.CoreV1().Secrets(accounts).Delete(ctx, secret, metav1.DeleteOptions{}); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}
