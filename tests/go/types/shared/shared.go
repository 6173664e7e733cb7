package shared

type Named interface{ Name() string }

type T struct{ Text string }

func (t *T) Name() string { return t.Text }
