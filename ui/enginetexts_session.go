package ui

// engineTextsOfSessions returns what sessions to pods and their ports say.
func engineTextsOfSessions() []string {
	return []string{
		// A port in a pod.
		"nothing listens on port {{.A}} in pod {{.B}}",
		"Check that the app listens on that port, on localhost or on all addresses.",
		"port {{.A}} cannot be reached: pod {{.B}} has ended or is being restarted",
		"Wait for the pod's successor, or look at the pod's events if none comes.",
		"the app cut the connection on port {{.A}} of pod {{.B}}",
		"Look at the app's log if it should not have.",
		"port {{.A}} of pod {{.B}} does not answer its node",
		"Check that the app is not overloaded and that nothing in the pod filters connections.",
		"port {{.A}} of pod {{.B}} cannot be forwarded: its node lacks socat or nsenter",
		"Ask the cluster's administrator to install socat and util-linux on the node.",
		"port {{.A}} of pod {{.B}}: the node says: {{.Why}}",
		"an error without a text",
		"Look at the pod's events and at the log of its node.",

		// A connection through a session.
		"the node never saw all of the connection to port {{.A}} of pod {{.B}}",
		"the node did not understand the connection to port {{.A}} of pod {{.B}}",
		"Report this together with the node's Kubernetes and container runtime versions.",
		"the node did not answer the new connection to port {{.A}} of pod {{.B}} within {{.C}}",
		"Another connection's upload that the pod does not read may be in the way: end that one, or try again.",
		"pod {{.A}} did not answer the new connection within {{.B}}",
		"The network or the node may be down; the connection to the pod has to be made anew.",
		"the pod has closed the connection",
		"the connection to port {{.A}} of pod {{.B}} was cut by the cluster",
		"Look at the pod's log and at its restarts if this keeps happening.",

		// The session itself.
		"the API server closed the connection to the pod",
		"the connection to the API server was closed",
		"the connection to the API server ended in the middle of a frame",
		"the connection to the API server broke: {{.Why}}",
		"the cluster ended the session in order",
		"the cluster sent what is not the port-forward protocol: {{.Why}}",
		"Look for a proxy or load balancer on the way that changes connections.",
		"the session is closed",
		"the session takes no new connections",
		"the session has no stream ids left",
		"the pod's node is not known",
		"the API server answered {{.A}} {{.B}}",

		// Opening a session.
		"{{.Why}} (over {{.A}}), and {{.Why2}} (over {{.B}})",
		"{{.A}} has no WebSocket tunnel for port-forwards: {{.Why}}",
		"The tunnel needs Kubernetes 1.31 or newer.",
		"Use the transport spdy, or auto.",
		"{{.A}} does not switch to SPDY: {{.Why}}",
		"Look for a proxy or load balancer on the way that lets no upgrades through.",
		"A proxy or load balancer on the way may not let SPDY through: use the transport websocket, or auto.",
		"node {{.A}} does not run this pod {{.B}} any more",
		"The pod that takes its place is used as soon as it is there.",
		"the cluster has no node {{.A}}",
		"node {{.A}} forwards no ports: {{.Why}}",
		"Its kubelet has enableDebuggingHandlers switched off; whoever runs the cluster can switch it on, or move the pod to another node.",
		"the API server has no proxy to node {{.A}}: {{.Why}}",
		"Use the transport spdy, websocket or auto.",
		"pod {{.A}} is on no node yet",
		"pod {{.A}} is not scheduled to a node yet",
		"It is used as soon as it runs.",
		"transport {{.A}} is unknown",
		"Use {{.A}}, {{.B}} or {{.C}}, or leave the choice to Culvert.",
		"{{.A}} sessions to {{.B}} are open already",
		"Stop tunnels that are not needed; Culvert tries again by itself.",
		"too many sessions to {{.A}} are being opened at once",
	}
}
