package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"culvert/e2e/real"
)

//go:embed crds.yaml
var openShiftManifest string

//go:embed targets.yaml
var targetsManifest string

// podSpec is a pod's spec, in the words of targets.yaml.
const podSpec = `{automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, %s containers: [{name: podsrv, image: %q,
      imagePullPolicy: Never, ports: [{name: echo, containerPort: 9001}, {name: http, containerPort: 9006}],
      readinessProbe: {tcpSocket: {port: 9001}, periodSeconds: 1}}]}`

// createTargets makes what targets.yaml describes.
func createTargets(t *testing.T, namespace string) {
	t.Helper()
	if err := shared.Apply(openShiftManifest); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := shared.Kubectl("delete", "crd", "--wait=false", "deploymentconfigs.apps.openshift.io", "projects.project.openshift.io"); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the resources of OpenShift", func() error {
		for _, resource := range []string{"deploymentconfigs.apps.openshift.io", "projects.project.openshift.io"} {
			if _, err := shared.Kubectl("get", resource); err != nil {
				return err
			}
		}
		return nil
	})
	manifest := strings.NewReplacer(
		"NAMESPACE", namespace,
		"JOB_SPEC", fmt.Sprintf(podSpec, "restartPolicy: Never,", real.PodImage()),
		"POD_SPEC", fmt.Sprintf(podSpec, "", real.PodImage()),
	).Replace(targetsManifest)
	if err := shared.Apply(manifest); err != nil {
		t.Fatal(err)
	}
}
